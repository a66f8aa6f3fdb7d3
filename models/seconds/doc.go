// Package seconds keeps what somebody asks for outside a task and a second person
// confirms before it counts (双人; domain: access.md §5). Who asks and who confirms
// stands in engine/seconds.json; what an act does stands with its room.
package seconds
