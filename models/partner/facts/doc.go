// Package facts posts what partners did to the books: exactly once by natural
// key, in whatever order and however often it arrives (domain/integration.md
// §4–§6).
//
// A fact is never refused: money that was paid was paid. What breaks a rule
// becomes a breach that is shown and blocks our own next act. What matches no
// project, or looks like a mistake of unit, is not posted but parked for a
// person; once he has said where it belongs it is posted as if it had just
// arrived.
//
// Post runs in the caller's transaction and publishes nothing itself: it tells
// which message wakes the process afterwards.
package facts
