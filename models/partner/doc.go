// Package partner holds what the bureaus sent, as it arrived. What it means is said by its sub-
// packages.
package partner
