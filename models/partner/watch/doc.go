// Package watch says how it stands with each bureau: when it was last heard, how far its clock is
// from ours, what of it was not believed, and how old what the books know of it is (FT24, FT25, FT37).
package watch
