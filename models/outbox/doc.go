// Package outbox holds what leaves a transaction to be done after it: events for partners, starts of
// instances, messages, signals. Delivery is somebody else's.
package outbox
