// Package papers registers documents: numbers, digests, and the files behind them.
package papers
