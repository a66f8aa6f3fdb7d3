package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// Brought is what somebody has brought to the window for what could not be done
// (W2): a consultation, which has its answer at once, or a case, which is handled
// by a unit, signed, told to the citizen, and asked about.
type Brought struct {
	No         string   `json:"no,omitempty"` // in the ledger that was kept before: what stands there is not played
	On         string   `json:"on"`
	Window     string   `json:"window,omitempty"` // unit whose window writes it down; "" any
	Category   string   `json:"category"`         // question, notAccepted, refused, …
	Item       string   `json:"item"`
	Visits     int      `json:"visits,omitempty"`
	Answer     string   `json:"answer,omitempty"` // of a consultation
	Unit       string   `json:"unit,omitempty"`   // of a case: who handles it
	Person     string   `json:"person,omitempty"`
	Phone      string   `json:"phone,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Difficulty string   `json:"difficulty,omitempty"` // simple, complex
	Joint      []string `json:"joint,omitempty"`      // units that are consulted
	Reply      string   `json:"reply,omitempty"`
	RepliedOn  string   `json:"repliedOn,omitempty"`
	Outcome    string   `json:"outcome,omitempty"` // resolved, explained
	ClosedOn   string   `json:"closedOn,omitempty"`
	Callback   string   `json:"callback,omitempty"` // satisfied, basic
}

// formerLedger is the register in which a county kept them before they were a process.
const formerLedger = "stuck_window"

// stuck plays what came to the window, each by its process.
func (c *county) stuck(ctx context.Context) error {
	kept, err := c.keptBefore(ctx)
	if err != nil {
		return err
	}
	return each(ctx, c, c.Stuck, func(ctx context.Context, b Brought) error {
		if b.No != "" && kept[b.No] {
			return nil
		}
		if err := c.bring(ctx, b); err != nil {
			return fmt.Errorf("%s %s: %w", b.On, b.Item, err)
		}
		return nil
	})
}

// keptBefore are the numbers of the former ledger.
func (c *county) keptBefore(ctx context.Context) (map[string]bool, error) {
	kept := map[string]bool{}
	office, err := c.as(ctx, "OFFICE", "")
	if err != nil {
		return nil, err
	}
	for next := ""; ; {
		var page wire.RegisterEntryPage
		err := office.Get(ctx, "/api/v1/registers/"+formerLedger+"/entries?limit=200&cursor="+next, &page)
		if client.Slug(err) == "not-found" {
			return kept, nil // the county keeps none
		}
		if err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			if no, ok := e.Fields["no"].(string); ok {
				kept[no] = true
			}
		}
		if next = page.Next; next == "" {
			return kept, nil
		}
	}
}

// bring has a window write down what came, and plays a case to its end.
func (c *county) bring(ctx context.Context, b Brought) error {
	window, err := c.as(ctx, "WINDOW", b.Window)
	if err != nil {
		return err
	}
	in := wire.StuckInput{
		Category: b.Category, Person: b.Person, Phone: b.Phone, Item: b.Item, Unit: b.Unit, Joint: b.Joint, Visits: b.Visits,
		Reason: b.Reason, Answer: b.Answer, BusinessDate: min(b.On, c.today),
	}
	var r wire.StuckReport
	if err := window.Post(ctx, "/api/v1/stuck-cases", key("stuck", b), in, &r); err != nil {
		return err
	}
	if b.Answer != "" {
		return nil
	}
	deadline := time.Now().Add(stands)
	for {
		// What is kept for a key is the case as it was registered: it may be far beyond.
		if err := window.Get(ctx, "/api/v1/stuck-cases/"+r.No, &r); err != nil {
			return err
		}
		if r.State == "CLOSED" {
			return nil
		}
		moved, err := c.stuckStep(ctx, r, b)
		if err != nil {
			return fmt.Errorf("%s: %w", r.State, err)
		}
		if moved {
			deadline = time.Now().Add(stands)
			continue
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s stands still", r.No)
		}
		if err := sleep(ctx, poll); err != nil {
			return err
		}
	}
}

// stuckStep does the task of a case that is somebody's now.
func (c *county) stuckStep(ctx context.Context, r wire.StuckReport, b Brought) (bool, error) {
	for _, post := range c.stuckPosts(r.State, b) {
		who, err := c.as(ctx, post[0], post[1])
		if err != nil {
			return false, err
		}
		var mine wire.StuckReport
		if err := who.Get(ctx, "/api/v1/stuck-cases/"+r.No, &mine); err != nil || mine.Task == "" {
			if slug := client.Slug(err); err != nil && slug != "not-found" {
				return false, err
			}
			continue // not yet, or not his
		}
		task, err := who.Task(ctx, mine.Task)
		if err != nil {
			return false, err
		}
		operation, in := stuckAct(c.shippedName(task.Element), b)
		if operation == "" {
			return false, fmt.Errorf("nobody knows what to do with %s", task.Element)
		}
		in.Version, in.BusinessDate = task.Version, min(in.BusinessDate, c.today)
		_, err = who.Operate(ctx, mine.Task, operation, "seed-"+mine.Task, in)
		switch client.Slug(err) {
		case "task-closed", "stale-version":
			return true, nil // somebody was quicker
		}
		return true, err
	}
	return false, nil
}

// stuckPosts are role and unit of those who may have something to do in a state.
func (c *county) stuckPosts(state string, b Brought) [][2]string {
	switch state {
	case "LEVELLED":
		posts := [][2]string{}
		for _, u := range b.Joint {
			posts = append(posts, [2]string{"RECT_OWNER", u})
		}
		return append(posts, [2]string{"RECT_OWNER", b.Unit})
	case "HANDLED":
		return [][2]string{{"WALKER", b.Unit}}
	}
	return [][2]string{{"WINDOW_HEAD", ""}}
}

// stuckAct is what is done with the task of an element of W2.
func stuckAct(element string, b Brought) (string, wire.OperationRequest) {
	switch element {
	case "w2_level":
		joint := []any{}
		for _, u := range b.Joint {
			joint = append(joint, fields{"unit": u})
		}
		return "complete", wire.OperationRequest{
			BusinessDate: b.On, Data: fields{"difficulty": b.Difficulty, "unit": b.Unit, "joint": joint},
		}
	case "w2_joint":
		return "complete", wire.OperationRequest{BusinessDate: b.RepliedOn, Data: fields{"opinion": "同意承办单位意见，本单位予以配合"}}
	case "w2_handle":
		return "complete", wire.OperationRequest{BusinessDate: b.RepliedOn, Data: fields{"outcome": b.Outcome, "reply": b.Reply}}
	case "w2_sign":
		return "agree", wire.OperationRequest{BusinessDate: b.RepliedOn, Opinion: "同意答复"}
	case "w2_callback":
		return "complete", wire.OperationRequest{
			BusinessDate: b.ClosedOn, Data: fields{"callback": b.Callback, "comment": "电话回访，已按答复办成"},
		}
	}
	return "", wire.OperationRequest{}
}

// fault is what the window could not take, as the code of a sentence; "" nothing.
func (b Brought) fault() string {
	switch {
	case b.On == "" || b.Item == "":
		return "stuckDay"
	case b.Answer != "":
		return ""
	case b.Unit == "" || b.Reply == "" || b.RepliedOn < b.On || b.ClosedOn < b.RepliedOn:
		return "stuckCase"
	case b.Difficulty == "complex" && len(b.Joint) == 0:
		return "stuckJoint"
	}
	return ""
}
