// Package search finds things of all rooms by words: projects, documents,
// findings, begun matters, people and service items. Triggers keep the index
// in the transaction that writes the thing; what a person may see is a
// condition of the question, so that a hidden hit is neither shown nor counted.
package search
