package office

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
)

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
		Kinds: []NotificationKind{"task-confirm", CaseConfirm, "case-confirmed", "case-refused", "case-moved-on", "case-reopened",
			"running-asked", "running-accepted", "running-refused", "privacy-asked", "privacy-confirmed", "privacy-refused",
			"second-asked", "second-confirmed", "second-refused", "second-stale", "second-expired", "second-failed",
			"second-refused-often", "glass-asked"},
	},
	{ID: "soon", Modes: atOnce, Kinds: []NotificationKind{"task-reminder", "task-urge", "task-urge-escalated", "case-urge"}},
	{
		ID: "late", Must: true, Modes: atOnce,
		Kinds: []NotificationKind{"task-overdue", "task-escalated", "task-recorded", "task-timeout", "task-supervised", "supervision-over"},
	},
	{ID: "ended", Must: true, Modes: atOnce, Kinds: []NotificationKind{"case-ended"}},
	{ID: "lost", Modes: gathered, Kinds: []NotificationKind{"task-lost", "case-withdrawn"}},
	{ID: "void", Modes: gathered, Kinds: []NotificationKind{"verdict-void"}},
	{
		ID: "copy", Modes: gathered,
		Kinds: []NotificationKind{"task-copy", "task-copy-changed", "case-copy", "task-comment", "task-supplement"},
	},
	{ID: "followed", Modes: gathered, Kinds: []NotificationKind{"case-moved"}},
	{ID: "deputy", Modes: atOnce, Kinds: []NotificationKind{"deputyship-set", "deputyship-ended"}},
	{ID: "parked", Modes: pushed, Kinds: []NotificationKind{"parked", "parked-decided", "partner-value"}},
	{
		ID: "trouble", Must: true, Modes: atOnce,
		Kinds: []NotificationKind{
			"incident", "case-stuck", "channel-trouble", "large-export", "rule-broken", "privacy-revealed", "partner-refused",
			"sealed-read", "glass-opened",
		},
	},
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

// Part of a topic: what asks the person to do something comes before what he need only know.
func (t Topic) Part() Part {
	if slices.ContainsFunc(t.Kinds, NotificationKind.Asks) {
		return ToDo
	}
	return ToKnow
}

// Part of what a person was told.
type Part string

// The parts: what somebody waits for the person to do, what he need only know, and both.
const (
	ToDo   Part = "act"
	ToKnow Part = "info"
)

// asking are the kinds that ask the person to do something.
var asking = []NotificationKind{
	"task-open", "task-group", "task-handed", "task-answered", "task-returned", "task-confirm", "task-reminder", "task-urge",
	"task-overdue", CaseConfirm, "case-urge", "second-asked", "running-asked", "privacy-asked", "parked", "incident", "case-stuck",
	"partner-value",
}

// Asks reports whether a kind asks the person to do something.
func (k NotificationKind) Asks() bool { return slices.Contains(asking, k) }

// fleeting are the kinds that say nothing once their task is done.
var fleeting = []NotificationKind{"task-open", "task-group", "task-handed", "task-returned", "task-answered", "task-reminder"}

// Fleeting reports whether a kind says nothing once its task is done.
func (k NotificationKind) Fleeting() bool { return slices.Contains(fleeting, k) }

// CaseConfirm asks for a second word on an act on a case.
const CaseConfirm NotificationKind = "case-confirm"

// waits are the kinds that ask for a second word, with the subject before its key, and the rows that wait for one by it.
var waits = []struct {
	kind         NotificationKind
	subject, row string
}{
	{CaseConfirm, "case:", "confirmation w WHERE w.state = 'waiting' AND w.root"},
	{"second-asked", "second:", "second_request w WHERE w.state IN ('waiting', 'doing') AND w.id"},
	{"running-asked", "running:", "running_import w WHERE w.state = 'waiting' AND w.id"},
	{"privacy-asked", "privacy:", "privacy_list w WHERE w.state = 'waiting' AND w.id"},
}

// stillAsked is the condition that a notification asks for something that is not done yet.
var stillAsked = func() string {
	key := func(prefix string) string {
		return fmt.Sprintf(
			"CASE WHEN notification.subject LIKE '%s%%' THEN CAST(SUBSTR(notification.subject, %d) AS BIGINT) END", prefix, len(prefix)+1,
		)
	}
	out := "(kind IN ? AND NOT EXISTS (SELECT 1 FROM task t WHERE t.state = 'closed' AND t.key = " + key("task:") + ")"
	for _, w := range waits {
		out += fmt.Sprintf(" AND (kind <> '%s' OR EXISTS (SELECT 1 FROM %s = %s))", w.kind, w.row, key(w.subject))
	}
	return out + ")"
}()

// StillAsked are those of a person's notifications that ask for something that is not done yet.
func StillAsked(tx *gorm.DB, all []Notification) (map[int64]bool, error) {
	ids, out := make([]int64, len(all)), map[int64]bool{}
	for i, n := range all {
		ids[i] = n.ID
	}
	var still []int64
	if err := ToDo.In(tx.Model(&Notification{}).Where("id IN ?", ids)).Pluck("id", &still).Error; err != nil {
		return nil, fmt.Errorf("what is still asked: %w", err)
	}
	for _, id := range still {
		out[id] = true
	}
	return out, nil
}

// In leaves of a query over notifications those of a part.
func (p Part) In(q *gorm.DB) *gorm.DB {
	switch p {
	case ToDo:
		return q.Where(stillAsked, asking)
	case ToKnow:
		return q.Where("NOT "+stillAsked, asking)
	}
	return q
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
