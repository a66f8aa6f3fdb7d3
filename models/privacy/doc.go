// Package privacy knows where personal data is kept, what of it is no longer needed,
// and erases that by lists which two persons confirm (domain: compliance.md §5,
// access.md §5 row 26).
//
// What is erased are numbers, addresses, ways of signing in, an expert's employers,
// and who came to the window and what he said there. What somebody signed keeps his
// name: approvals and contracts are kept for as long as the file. A legal hold stops
// the erasure of what it names, also of what waits on a list already.
package privacy
