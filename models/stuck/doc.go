// Package stuck keeps what people could not get done and reported at the window
// for it (“办不成事”反映窗口, domain W2): consultations, which are answered, and
// cases, which are handled, answered, and asked about by a call-back. The two are
// counted apart.
//
// Name, phone and words of a citizen are encrypted. Whoever has no part in a case
// sees a pseudonym, which is the same for the same phone. What the process knows
// of a case is its number, its item and who handles it.
package stuck
