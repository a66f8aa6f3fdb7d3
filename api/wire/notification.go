package wire

import "time"

// Notification tells the person something, in his language.
type Notification struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	Subject   Subject    `json:"subject"`
	Text      string     `json:"text"`
	CreatedAt time.Time  `json:"createdAt"`
	ReadAt    *time.Time `json:"readAt,omitempty"`
	Asks      bool       `json:"asks,omitempty"` // the person is to do something
	Over      bool       `json:"over,omitempty"` // its task is done
}

// Subject is what a notification is about: a task, a project or a rectification.
type Subject struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// NotificationPage is a page of them, unread first.
type NotificationPage struct {
	Items []Notification `json:"items"`
	Next  string         `json:"next,omitempty"`
}

// ReadThrough names the newest notification that the person saw.
type ReadThrough struct {
	Through string `json:"through"`
}

// UnreadFrom names a marking as read that is taken back: up to which notification, and when.
type UnreadFrom struct {
	Through string    `json:"through"`
	ReadAt  time.Time `json:"readAt"`
}

// Unread is how many notifications are left.
type Unread struct {
	Unread int        `json:"unread"`
	ReadAt *time.Time `json:"readAt,omitempty"` // when they were marked: takes the marking back
}
