// Package notices brings what people are told to where they are: by mail, into
// the office's chat, into the list of things to do of the province's app. It
// takes notices from the outbox, puts together what is due for a person, and
// tries for two days. What is handed over keeps its id, so that a channel that
// was not sure whether it took a message can see that it did (docs/notices.md).
package notices
