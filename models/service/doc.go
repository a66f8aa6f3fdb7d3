// Package service holds what projects may reuse: the capabilities of the city brain.
package service
