package seed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// atOnce is how many calls of the county's rows are under way: enough to keep the
// server busy, and few enough that people can use it meanwhile. Beside people who
// have just started the platform it is quiet.
const (
	atOnce = 4
	quiet  = 1
)

// Beside plays the shipped county, without its projects, beside people who use the
// platform already: one call after the other.
func Beside(ctx context.Context, server string, out io.Writer) error {
	d, err := Example()
	if err != nil {
		return err
	}
	d.Projects = nil
	return playCounty(ctx, server, d, quiet, out)
}

// Play plays a data set at a server through the front door, as the demo people,
// with its business dates by their permission of back-registration: its projects
// first, then the county beside them. Whatever was played before is found again by
// its content: a second run changes nothing.
func Play(ctx context.Context, server string, d Data, out io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	p, err := NewPlayer(ctx, server)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	if err := d.refuse(d.against(ctx, p)); err != nil {
		return err
	}
	if err := runProjects(ctx, server, d.Projects, out); err != nil {
		return err
	}
	return playCounty(ctx, server, d, atOnce, out)
}

func playCounty(ctx context.Context, server string, d Data, abreast int, out io.Writer) error {
	p, err := NewPlayer(ctx, server)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	c := &county{Player: p, Data: d, out: out, abreast: abreast}
	for _, step := range []struct {
		name string
		n    int
		play func(context.Context) error
	}{
		{"台账 registers", len(d.Entries), c.registers},
		{"办不成事 window", len(d.Stuck), c.stuck},
		{"事项 service items", len(d.Items), c.items},
		{"走流程 campaign", units(d.Campaign), c.begin},
		{"走流程记录 walks", len(d.Walks), c.walks},
		{"整改 issues", issues(d.Walks), c.issues},
	} {
		if step.n == 0 {
			continue
		}
		began := time.Now()
		if err := step.play(ctx); err != nil {
			return fmt.Errorf("seed: %s: %w", step.name, err)
		}
		fmt.Fprintf(out, "%s %d（%.1f s）\n", step.name, step.n, time.Since(began).Seconds())
	}
	return nil
}

func units(c *Campaign) int {
	if c == nil {
		return 0
	}
	return len(c.Units)
}

func issues(walks []Walk) (n int) {
	for _, w := range walks {
		n += len(w.Issues)
	}
	return n
}

// county is a data set that is being played.
type county struct {
	*Player
	Data
	out      io.Writer
	abreast  int // calls at once
	campaign wire.Campaign
	found    sync.Map // number of an issue → foundIssue
}

// foundIssue is an issue with the walk that has found it.
type foundIssue struct {
	Issue
	unit, on string
}

// key is the same for the same row: nothing is played twice.
func key(kind string, row any) string {
	raw, _ := json.Marshal(row) // rows of a data set, which came from JSON
	sum := sha256.Sum256(raw)
	return "seed-" + kind + "-" + hex.EncodeToString(sum[:12])
}

// each plays rows, a few at a time, and tells now and then how far it is; the first error ends it.
func each[T any](ctx context.Context, c *county, rows []T, play func(context.Context, T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo := make(chan T)
	errs := make([]error, c.abreast)
	var wg sync.WaitGroup
	for i := range c.abreast {
		wg.Go(func() {
			for row := range todo {
				if errs[i] = play(ctx, row); errs[i] != nil {
					cancel()
					return
				}
			}
		})
	}
	told := time.Now()
feeding:
	for n, row := range rows {
		select {
		case todo <- row:
		case <-ctx.Done():
			break feeding
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			fmt.Fprintf(c.out, "  … %d/%d\n", n, len(rows))
		}
	}
	close(todo)
	wg.Wait()
	var first error
	for _, err := range errs {
		if err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	if first == nil {
		first = ctx.Err()
	}
	return first
}

func (c *county) registers(ctx context.Context) error {
	office, err := c.as(ctx, "OFFICE", "")
	if err != nil {
		return err
	}
	return each(ctx, c, c.Entries, func(ctx context.Context, e EntryOfBook) error {
		in := wire.RegisterEntryInput{Fields: e.Fields, BusinessDate: min(e.On, c.today), Reason: "补录历史台账"}
		err := office.Post(ctx, "/api/v1/registers/"+e.Register+"/entries", key("entry", e), in, nil)
		if client.Slug(err) == "entry-there-already" {
			return nil // somebody has put it there
		}
		if err != nil {
			return fmt.Errorf("%s %v: %w", e.Register, e.Fields, err)
		}
		return nil
	})
}

func (c *county) items(ctx context.Context) error {
	organiser, err := c.as(ctx, "ORGANISER", "")
	if err != nil {
		return err
	}
	return each(ctx, c, c.Items, func(ctx context.Context, i Item) error {
		in := wire.ServiceItemInput{
			Name: i.Name, Unit: i.Unit, Kind: i.Kind, LegalDays: i.LegalDays, PromisedDays: i.PromisedDays, Instant: i.Instant,
			Materials: i.Materials, Steps: i.Steps,
			Visits: 1, GuideVersion: "2022-1", ValidFrom: i.ValidFrom, Reason: "补录事项目录",
		}
		err := organiser.Do(ctx, http.MethodPut, "/api/v1/service-items/"+i.Code, key("item", i), in, nil)
		if client.Slug(err) == "stale-version" {
			return nil // it is there already; what people have made of it stays
		}
		return err
	})
}

// begin begins the campaign, and has the list of each unit handed in and approved.
func (c *county) begin(ctx context.Context) error {
	organiser, err := c.as(ctx, "ORGANISER", "")
	if err != nil {
		return err
	}
	in := wire.CampaignInput{
		Name: c.Campaign.Name, StartsOn: c.Campaign.StartsOn, EndsOn: c.Campaign.EndsOn, Goal: c.Campaign.Goal,
		BusinessDate: min(c.Campaign.StartsOn, c.today),
	}
	for _, u := range c.Campaign.Units {
		in.Units = append(in.Units, u.Unit)
	}
	if err := organiser.Post(ctx, "/api/v1/campaigns", key("campaign", in), in, &c.campaign); err != nil {
		return err
	}
	if err := organiser.Get(ctx, "/api/v1/campaigns/"+c.campaign.ID, &c.campaign); err != nil {
		return err
	}
	state := map[string]string{}
	for _, u := range c.campaign.Units {
		state[u.Unit] = u.ListState
	}
	return each(ctx, c, c.Campaign.Units, func(ctx context.Context, u CampaignUnit) error {
		if state[u.Unit] == "APPROVED" {
			return nil
		}
		return c.list(ctx, organiser, u, state[u.Unit])
	})
}

func (c *county) list(ctx context.Context, organiser *client.Client, u CampaignUnit, state string) error {
	coordinator, err := c.as(ctx, "WALK_COORDINATOR", u.Unit)
	if err != nil {
		return err
	}
	at, mark := "/api/v1/campaigns/"+c.campaign.ID+"/units/"+u.Unit+"/items", c.campaign.ID+u.Unit
	on := min(c.Campaign.StartsOn, c.today)
	if state == "OPEN" {
		if err := coordinator.Do(ctx, http.MethodPut, at, key("list", mark), wire.CampaignItemsInput{Items: u.Items}, nil); err != nil {
			return fmt.Errorf("list of %s: %w", u.Unit, err)
		}
		err := c.task(
			ctx, coordinator, u.Unit, "w1u_list", "complete", key("submit", mark), wire.OperationRequest{BusinessDate: on, Data: fields{}},
		)
		if err != nil {
			return fmt.Errorf("list of %s: %w", u.Unit, err)
		}
	}
	err = c.task(
		ctx, organiser, u.Unit, "w1u_approve", "agree", key("approve", mark), wire.OperationRequest{BusinessDate: on, Opinion: "同意清单"},
	)
	if err != nil {
		return fmt.Errorf("approval of the list of %s: %w", u.Unit, err)
	}
	return nil
}

// task waits for the task of a unit in a person's inbox, and does it.
func (c *county) task(ctx context.Context, who *client.Client, unit, element, operation, key string, in wire.OperationRequest) error {
	deadline := time.Now().Add(stands)
	for {
		tasks, err := inbox(ctx, who)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if c.shippedName(t.Element) != element || t.Dept != unit {
				continue
			}
			in.Version = t.Version
			_, err = who.Operate(ctx, t.Key, operation, key, in)
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("there is no task %s", element)
		}
		if err := sleep(ctx, poll); err != nil {
			return err
		}
	}
}

// inbox is everything that a person may do: what is his post's alone, and what he has taken.
func inbox(ctx context.Context, who *client.Client) (all []wire.TaskSummary, err error) {
	for _, scope := range []string{"claimable", "mine"} {
		page, err := who.Inbox(ctx, scope, "")
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	return all, nil
}

func (c *county) walks(ctx context.Context) error {
	unit := map[string]string{}
	for _, u := range c.Campaign.Units {
		for _, i := range u.Items {
			unit[i] = u.Unit
		}
	}
	return each(ctx, c, c.Walks, func(ctx context.Context, w Walk) error {
		director, err := c.as(ctx, "WALKER", unit[w.Item])
		if err != nil {
			return err
		}
		in := wire.WalkInput{
			Campaign: c.campaign.ID, Item: w.Item, Role: w.Role, Channel: w.Channel, On: w.On, Result: "办成", TicketNo: "A" + w.Item,
			BusinessDate: w.On,
			Steps: []wire.WalkStep{
				{Name: "受理", WaitMinutes: 12, Materials: []string{"申请表", "身份证明"}, Visits: 1}, {Name: "办结", WaitMinutes: 20},
			},
		}
		for _, i := range w.Issues {
			in.Issues = append(
				in.Issues, wire.WalkIssue{Title: i.Title, Description: i.Title, Kind: i.Kind, Severity: "B", OwnerUnit: unit[w.Item]},
			)
		}
		if len(in.Issues) == 0 {
			in.NoIssue = "全程按指南办理，未发现问题"
		}
		var done wire.Walk
		if err := director.Post(ctx, "/api/v1/walks", key("walk", []any{c.campaign.ID, w}), in, &done); err != nil {
			return fmt.Errorf("%s: %w", w.Item, err)
		}
		for n, no := range done.Issues {
			c.found.Store(no, foundIssue{w.Issues[n], unit[w.Item], w.On})
		}
		return nil
	})
}

// issues plays every issue to what it becomes.
func (c *county) issues(ctx context.Context) error {
	viewer, err := c.viewer(ctx)
	if err != nil {
		return err
	}
	var now wire.CampaignIssues
	if err := viewer.Get(ctx, "/api/v1/campaigns/"+c.campaign.ID+"/issues", &now); err != nil {
		return err
	}
	var todo []string
	for _, i := range now.Items {
		v, ours := c.found.Load(i.No)
		if !ours {
			continue
		}
		if f := v.(foundIssue); f.Becomes != openIssue && i.State != "CLOSED" && i.State != "REFERRED_UP" {
			todo = append(todo, i.No)
		}
	}
	return each(ctx, c, todo, func(ctx context.Context, no string) error {
		v, _ := c.found.Load(no)
		if err := c.mend(ctx, viewer, no, v.(foundIssue)); err != nil {
			return fmt.Errorf("%s: %w", no, err)
		}
		return nil
	})
}
