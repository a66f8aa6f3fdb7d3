package api

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// listReceivers tells who may be given a task by an operation (?op=): those who
// may, and why not for colleagues of the caller's own unit. Others are not listed.
func listReceivers(c *call) (any, error) {
	t, err := c.task()
	if err != nil {
		return nil, err
	}
	op, ok := operationNamed(cmp.Or(c.Query("op"), "transfer"))
	if !ok || op.People == 0 {
		return nil, refuse(http.StatusUnprocessableEntity, "operation-not-allowed", "operation", c.Query("op"))
	}
	a, err := c.actingAt(t, op, wire.OperationRequest{Post: c.Query("post")})
	if err != nil {
		return nil, err
	}
	p, err := c.process(t.Root)
	if err != nil {
		return nil, err
	}
	seat, _ := strconv.Atoi(c.Query("seat"))
	q := engine.Asking{Task: t.Key, Operation: op.Name, Giver: a.Person, Post: a.Post, Seat: seat}
	asked, err := c.askedAbout(p, q, a.Post)
	if err != nil {
		return nil, err
	}
	return c.receivers(p, q, asked, a.Post)
}

// askedAbout are the persons of whom an answer is owed: who can be thought of,
// and the caller's colleagues.
func (c *call) askedAbout(p *matter, q engine.Asking, post string) ([]string, error) {
	asked := engine.Thinkable(p.bundle.Program, p.state, q, p.world.Input)
	if _, unit := models.SplitPost(post); unit != "" {
		var colleagues []string
		err := c.db().
			Raw(`SELECT DISTINCT p.person_id FROM post p JOIN person q ON q.id = p.person_id WHERE p.dept_id = ? AND q.active
				ORDER BY p.person_id`, unit).
			Scan(&colleagues).
			Error
		if err != nil {
			return nil, err
		}
		for _, id := range colleagues {
			if !slices.Contains(asked, id) {
				asked = append(asked, id)
			}
		}
	}
	return asked, nil
}

// receivers says the engine's answers to a person.
func (c *call) receivers(p *matter, q engine.Asking, asked []string, post string) (wire.Receivers, error) {
	out := wire.Receivers{Items: []wire.Receiver{}}
	d, err := c.directory()
	if err != nil {
		return out, err
	}
	if err := d.know(asked...); err != nil {
		return out, err
	}
	_, unit := models.SplitPost(post)
	for _, r := range engine.EligibleOf(p.bundle.Program, p.state, q, asked, p.world.Input) {
		posts, err := office.PostsOf(c.db(), r.Person)
		if err != nil {
			return out, err
		}
		colleague := slices.ContainsFunc(posts, func(o office.Post) bool { return o.DeptID == unit })
		if !r.OK && (!colleague || r.Person == q.Giver) {
			continue
		}
		held := r.Why.Args["post"]
		if held == "" && len(posts) > 0 {
			held = posts[0].ID
		}
		w := wire.Receiver{PersonRef: d.ref(r.Person, held), PostID: held, Eligible: r.OK}
		if !r.OK {
			w.Why, w.Reason = r.Why.Rule, c.text("receiver."+r.Why.Rule)
		}
		out.Items = append(out.Items, w)
	}
	slices.SortStableFunc(out.Items, func(a, b wire.Receiver) int {
		if a.Eligible != b.Eligible {
			return map[bool]int{true: -1, false: 1}[a.Eligible]
		}
		return 0
	})
	return out, nil
}

// somebody is an eligible receiver of an operation on a task, "" when there is none.
func (c *call) somebody(p *matter, t process.Task, op operation, a models.Acting) string {
	q := engine.Asking{Task: t.Key, Operation: op.Name, Giver: a.Person, Post: a.Post}
	asked := engine.Thinkable(p.bundle.Program, p.state, q, p.world.Input)
	for _, r := range engine.EligibleOf(p.bundle.Program, p.state, q, asked, p.world.Input) {
		if r.OK {
			return r.Person
		}
	}
	return ""
}

// mayCopy refuses copies to whoever may not have them, and from whoever has no part in the task.
func (c *call) mayCopy(t process.Task, to []string, a models.Acting) error {
	p, err := c.process(t.Root)
	if err != nil {
		return err
	}
	q := engine.Asking{Task: t.Key, Operation: "cc", Giver: a.Person, Post: a.Post}
	for i, r := range engine.EligibleOf(p.bundle.Program, p.state, q, to, p.world.Input) {
		why := r.Why.Rule
		if r.OK || why == "no-such-task" { // of a closed task only sight is asked
			if why, err = c.unseen(r.Person, t, a.Post); err != nil {
				return err
			}
			r.OK = why == ""
		}
		if r.OK || slices.Contains([]string{"no-such-person", "self"}, why) {
			continue // these are said with the other mistakes of the list
		}
		at := "/persons/" + strconv.Itoa(i)
		p := notEligible(r.Person, why)
		p.Fields = []fieldProblem{{Pointer: at, Code: "receiver." + why}}
		return p
	}
	return nil
}

func notEligible(person, why string) *problem {
	return refuse(http.StatusUnprocessableEntity, "receiver-not-eligible", "person", person, "why", why)
}

// unseen says why a person may not read a copy of a task, "" when he may: who has yet to check A's figures does not; else he sees the
// matter anyhow, or is of the sender's unit.
func (c *call) unseen(person string, t process.Task, senderPost string) (why string, err error) {
	who, err := c.srv.identity(c, person, office.Session{})
	if err != nil || who == nil {
		return "no-such-person", err
	}
	if partOfCommand[t.Command] == "sheet.a" {
		if blind, err := c.blinds(t.Project, who); err != nil || blind {
			return "duty", err
		}
	}
	_, unit := models.SplitPost(senderPost)
	if who.sees == seesAll || slices.ContainsFunc(who.Posts, func(p office.Post) bool {
		return p.DeptID != "" && (p.DeptID == unit || p.DeptID == t.Dept)
	}) {
		return "", nil
	}
	return "no-sight", nil
}
