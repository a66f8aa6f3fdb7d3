// Package exchange reads and writes files of events, for a bureau that no line leads to
// (integration.md §5, file exchange): EVT_<source>_<yyyymmdd>_<n>.jsonl, one envelope a line, the
// last line a trailer with count and sum; beside it .sm3, the digest, and .sig, its signature.
package exchange
