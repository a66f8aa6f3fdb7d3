package wire

import "time"

// NoticeSettings is how the person is told.
type NoticeSettings struct {
	Mail     string          `json:"mail"`    // his address at work
	Digests  string          `json:"digests"` // hours, "08:30 14:30"
	Quiet    string          `json:"quiet"`   // "20:00-07:30", or empty
	Channels []NoticeChannel `json:"channels"`
	Topics   []NoticeTopic   `json:"topics"`
	Waiting  int             `json:"waiting"` // notices that go with the next digest
}

// NoticeChannel is a way beside the bell.
type NoticeChannel struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	InUse   bool   `json:"inUse"`   // the house has set it up
	Trouble bool   `json:"trouble"` // it does not work just now
	// what could not be handed over to me and is tried again, and since when the oldest of it waits
	Waiting int        `json:"waiting,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
}

// NoticeTopic is a row of the choices.
type NoticeTopic struct {
	ID    string            `json:"id"`
	Name  string            `json:"name"`
	Part  string            `json:"part"`            // act, info
	Modes map[string]string `json:"modes"`           // by channel: now, digest, off
	Fixed []string          `json:"fixed,omitempty"` // channels that cannot be chosen
}

// NoticeDigests is what goes with the next digests of the person.
type NoticeDigests struct {
	Next  time.Time      `json:"next"` // when what is gathered from now on leaves
	Items []NoticeDigest `json:"items"`
}

// NoticeDigest is what leaves by one way at one time, as far as it is known now.
type NoticeDigest struct {
	Channel     string         `json:"channel"`
	ChannelName string         `json:"channelName"`
	At          time.Time      `json:"at"`
	Count       int            `json:"count"` // stops at 100
	Topics      []DigestTopic  `json:"topics"`
	Lines       []Notification `json:"lines"` // the newest of them
}

// DigestTopic is how much of a digest is of a topic.
type DigestTopic struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// NoticeSettingsInput sets them; choices that are left out stay.
type NoticeSettingsInput struct {
	Mail    string         `json:"mail"`
	Digests string         `json:"digests"`
	Quiet   string         `json:"quiet"`
	Choices []NoticeChoice `json:"choices"`
}

// NoticeChoice is one of them.
type NoticeChoice struct {
	Topic   string `json:"topic"`
	Channel string `json:"channel"`
	Mode    string `json:"mode"`
}
