// Package enginetest tests the engine from outside: scripts with a virtual
// clock (script.go), and random block-structured models that must move as a
// direct interpretation of their blocks does (block.go, interpret.go).
package enginetest
