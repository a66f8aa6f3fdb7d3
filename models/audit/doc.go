// Package audit keeps the chain of what was done, by whom and why: each entry hashes its predecessor,
// a sealer hashes all heads. Accesses to sensitive records are tallied and folded into it.
package audit
