// Package rules holds the published rule packs, and how decisions came about.
package rules
