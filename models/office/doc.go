// Package office knows departments, people and posts, their sessions, and what a person has been told.
package office
