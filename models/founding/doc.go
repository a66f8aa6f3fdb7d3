// Package founding brings a town into an empty house: its name, its units by
// function, and the three administrators. It happens once, in one transaction;
// nothing made up is ever installed by it.
package founding
