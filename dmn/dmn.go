// Package dmn reads DMN 1.1 to 1.5 models and evaluates their decisions with a trace.
package dmn
