package seed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

const (
	patience = time.Minute            // how long a call is repeated
	stands   = 2 * time.Minute        // how long a project may stand still
	poll     = 100 * time.Millisecond // between two looks at a project that waits, at first
	slowest  = 800 * time.Millisecond // and after a while
)

// Player plays projects at a dev server as its demo people do: each task is
// done by one of its holders, through the HTTP API alone. It is safe for
// concurrent use by several lives.
type Player struct {
	// Names says what the server's models call an element of the shipped ones;
	// nil: the same. For models whose ids were changed.
	Names func(element string) string

	server string
	today  string // by the server's clock
	people []wire.Person

	mu       sync.Mutex
	sessions map[string]*client.Client
	chosen   map[string]int    // unit → how often it was chosen to apply
	shipped  map[string]string // element of the server's models → of the shipped ones
}

// NewPlayer asks a server such as http://127.0.0.1:8080 for its demo people.
func NewPlayer(ctx context.Context, server string) (*Player, error) {
	p := &Player{server: server, sessions: map[string]*client.Client{}, chosen: map[string]int{}}
	var people wire.People
	if err := client.Anonymous(server, patience).Get(ctx, "/api/v1/people", &people); err != nil {
		return nil, fmt.Errorf("the list of demo people: %w", err)
	}
	p.people = people.People
	viewer, err := p.viewer(ctx)
	if err != nil {
		return nil, err
	}
	var me wire.Me
	if err := viewer.Get(ctx, "/api/v1/me", &me); err != nil {
		return nil, err
	}
	p.today = me.Now.Format(time.DateOnly)
	return p, nil
}

// viewer sees every project.
func (p *Player) viewer(ctx context.Context) (*client.Client, error) {
	return p.as(ctx, "BUREAU_CHIEF", "")
}

// as is the session of the first person with a role in a unit ("": in any).
func (p *Player) as(ctx context.Context, role, unit string) (*client.Client, error) {
	for _, person := range p.people {
		if slices.ContainsFunc(person.Posts, func(q wire.Post) bool { return holds(q, role, unit) }) {
			return p.person(ctx, person.ID)
		}
	}
	return nil, fmt.Errorf("no demo person is %s of %s", role, unit)
}

func holds(q wire.Post, role, unit string) bool {
	r, u, _ := strings.Cut(q.ID, "@")
	return r == role && (unit == "" || u == unit)
}

// person is somebody's session.
func (p *Player) person(ctx context.Context, id string) (*client.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.sessions[id]; c != nil {
		return c, nil
	}
	c, err := client.SignIn(ctx, p.server, id, "", patience)
	if err != nil {
		return nil, err
	}
	p.sessions[id] = c
	return c, nil
}

// holders are the ids of the persons who hold a task, the holders of a post one by one.
func (p *Player) holders(t wire.NextTask) (ids []string) {
	for _, h := range t.Holders {
		if !strings.Contains(h.ID, "@") {
			ids = append(ids, h.ID)
			continue
		}
		for _, person := range p.people {
			if slices.ContainsFunc(person.Posts, func(q wire.Post) bool { return q.ID == h.ID }) {
				ids = append(ids, person.ID)
			}
		}
	}
	return ids
}

// applicant is the unit that applies unless another one is named: of those that
// have a clerk, a leader and somebody who answers for rectifications the one with
// the fewest projects, because an expert reviews only so many of one unit in a year.
func (p *Player) applicant(ctx context.Context) (string, error) {
	viewer, err := p.viewer(ctx)
	if err != nil {
		return "", err
	}
	projects, err := viewer.Projects(ctx, "")
	if err != nil {
		return "", err
	}
	count := map[string]int{}
	for _, q := range projects {
		count[q.Dept]++
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	best := ""
	for _, unit := range p.applicants() {
		if best == "" || count[unit]+p.chosen[unit] < count[best]+p.chosen[best] {
			best = unit
		}
	}
	if best == "" {
		return "", errors.New("no unit of the server has a demo clerk and a demo leader")
	}
	p.chosen[best]++ // those that this player is about to begin are not in the list yet
	return best, nil
}

// applicants are the units that can apply, in the order of the people.
func (p *Player) applicants() (units []string) {
	has := map[string]map[string]bool{}
	for _, person := range p.people {
		for _, q := range person.Posts {
			role, unit, _ := strings.Cut(q.ID, "@")
			if has[unit] == nil {
				has[unit] = map[string]bool{}
				units = append(units, unit)
			}
			has[unit][role] = true
		}
	}
	return slices.DeleteFunc(
		units, func(u string) bool { return !has[u]["APPLY_CLERK"] || !has[u]["APPLY_LEADER"] || !has[u]["RECT_OWNER"] },
	)
}

// element is the shipped models' name of an element of the server's.
func (p *Player) element(id string) string {
	if p.Names == nil {
		return id
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shipped == nil {
		p.shipped = map[string]string{}
		for e := range script {
			p.shipped[p.Names(e)] = e
		}
	}
	return p.shipped[id]
}

// shippedName is element, or the given name itself where the models were not renamed: for elements outside of the life of a project.
func (p *Player) shippedName(id string) string {
	if p.Names == nil {
		return id
	}
	return p.element(id)
}
