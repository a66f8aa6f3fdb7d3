package wire

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
}

// NoticeTopic is a row of the choices.
type NoticeTopic struct {
	ID    string            `json:"id"`
	Name  string            `json:"name"`
	Modes map[string]string `json:"modes"`           // by channel: now, digest, off
	Fixed []string          `json:"fixed,omitempty"` // channels that cannot be chosen
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
