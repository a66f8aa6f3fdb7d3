package webhook

import (
	"encoding/json"
	"time"
)

// Envelope is the body of every event, in both directions. Money in Data is a
// decimal string in 元, times are ISO 8601 with offset.
type Envelope struct {
	EventID       string          `json:"event_id"` // unique per source for ever; the webhook-id header repeats it
	EventType     string          `json:"event_type"`
	SchemaVersion string          `json:"schema_version"`
	Source        string          `json:"source"`
	OccurredAt    time.Time       `json:"occurred_at"` // business moment, not the moment of sending
	SentAt        time.Time       `json:"sent_at"`
	Stream        string          `json:"stream,omitempty"`
	Seq           int64           `json:"seq,omitempty"` // per stream, without gaps
	PrevEventID   string          `json:"prev_event_id,omitempty"`
	Correlation   Correlation     `json:"correlation"`
	Attempt       int             `json:"attempt,omitempty"`
	Replay        bool            `json:"replay,omitempty"`
	Data          json.RawMessage `json:"data"`
}

// Correlation names what the event is about, as far as the sender knows.
type Correlation struct {
	ProjectCode string `json:"project_code,omitempty"`
	ProCode     string `json:"pro_code,omitempty"`
}
