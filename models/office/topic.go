package office

import "slices"

// Topic is a group of kinds of notifications that a person chooses for at once.
type Topic struct {
	ID    string
	Must  bool            // the to-do push cannot be switched off, and neither flood nor quiet hours hold it up
	Modes map[string]Mode // of the house, by channel; none: off
	Kinds []NotificationKind
}

// Mode is when something is told by a channel.
type Mode string

// The modes.
const (
	Now    Mode = "now"
	Digest Mode = "digest" // gathered, at the person's hours
	Off    Mode = "off"
)

// The channels beside the bell, which has everything.
const (
	Mail = "mail" // to the person's address
	Chat = "chat" // the office's chat
	Todo = "todo" // the list of things to do of the province's app
)

// Channels lists them in the order in which people see them.
var Channels = []string{Todo, Mail, Chat}

var (
	atOnce   = map[string]Mode{Todo: Now, Mail: Now}
	gathered = map[string]Mode{Mail: Digest}
	pushed   = map[string]Mode{Todo: Now, Mail: Digest}
)

// Topics are what people are told of (domain/access.md §8). A kind that stands nowhere belongs to the last one.
var Topics = []Topic{
	{ID: "task", Modes: atOnce, Kinds: []NotificationKind{"task-open", "task-handed", "task-answered"}},
	{ID: "group", Modes: pushed, Kinds: []NotificationKind{"task-group"}},
	{ID: "returned", Modes: atOnce, Kinds: []NotificationKind{"task-returned", "matter-returned"}},
	{
		ID: "second", Must: true, Modes: atOnce,
		Kinds: []NotificationKind{"task-confirm", "case-confirm", "case-confirmed", "case-refused", "case-moved-on", "running-asked",
			"running-accepted", "running-refused"},
	},
	{ID: "soon", Modes: atOnce, Kinds: []NotificationKind{"task-reminder", "task-urge", "task-urge-escalated", "case-urge"}},
	{ID: "late", Must: true, Modes: atOnce, Kinds: []NotificationKind{"task-overdue", "task-escalated", "task-recorded"}},
	{ID: "ended", Must: true, Modes: atOnce, Kinds: []NotificationKind{"case-ended"}},
	{ID: "lost", Modes: gathered, Kinds: []NotificationKind{"task-lost", "case-withdrawn"}},
	{ID: "void", Modes: gathered, Kinds: []NotificationKind{"verdict-void"}},
	{
		ID: "copy", Modes: gathered,
		Kinds: []NotificationKind{"task-copy", "task-copy-changed", "case-copy", "task-comment", "task-supplement"},
	},
	{ID: "followed", Modes: gathered, Kinds: []NotificationKind{"case-moved"}},
	{ID: "deputy", Modes: atOnce, Kinds: []NotificationKind{"deputyship-set", "deputyship-ended"}},
	{ID: "parked", Modes: pushed, Kinds: []NotificationKind{"parked", "parked-decided"}},
	{ID: "trouble", Must: true, Modes: atOnce, Kinds: []NotificationKind{"incident", "case-stuck", "channel-trouble", "large-export"}},
	{
		ID: "account", Must: true, Modes: atOnce,
		Kinds: []NotificationKind{"account-unlocked", "password-changed", "factor-changed", "recovery-used", "link-changed"},
	},
	{ID: "other", Modes: gathered},
}

// TopicOf is the topic of a kind.
func TopicOf(kind NotificationKind) Topic {
	i := slices.IndexFunc(Topics, func(t Topic) bool { return slices.Contains(t.Kinds, kind) })
	if i < 0 {
		i = len(Topics) - 1
	}
	return Topics[i]
}

// FindTopic is a topic by its id.
func FindTopic(id string) (Topic, bool) {
	i := slices.IndexFunc(Topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return Topics[i], true
}

// Fixed reports whether nobody can choose how a topic is told by a channel.
func (t Topic) Fixed(channel string) bool { return t.Must && channel == Todo }

// Mode of a topic by a channel, with what a person chose ("": nothing).
func (t Topic) Mode(channel string, chosen Mode) Mode {
	switch {
	case t.Fixed(channel):
		return Now
	case chosen != "":
		return chosen
	case t.Modes[channel] == "":
		return Off
	}
	return t.Modes[channel]
}
