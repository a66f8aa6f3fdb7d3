// Package livetest holds the tests of the loop that need a real Temporal: the
// embedded server, in a package of its own so that others do not compile it.
package livetest
