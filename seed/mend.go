package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// mend plays an issue of a walk: analysed, planned, mended, checked by somebody
// else, sent back as often as the data set says, and closed or referred up.
func (c *county) mend(ctx context.Context, viewer *client.Client, no string, f foundIssue) error {
	deadline := time.Now().Add(stands)
	var open []wire.NextTask
	returns := 0
	for {
		if len(open) == 0 {
			var r wire.Rectification
			if err := viewer.Get(ctx, "/api/v1/rectifications/"+no, &r); err != nil {
				return err
			}
			if r.State == "CLOSED" || r.State == "REFERRED_UP" {
				return nil
			}
			open, returns = r.OpenTasks, r.Returns
		}
		if len(open) == 0 {
			if time.Now().After(deadline) {
				return fmt.Errorf("stands still")
			}
			if err := sleep(ctx, poll); err != nil { // its process begins in a moment
				return err
			}
			continue
		}
		next, err := c.mendStep(ctx, open[0], f, returns)
		if err != nil {
			return fmt.Errorf("%s: %w", open[0].Name, err)
		}
		if c.shippedName(open[0].Element) == "r1_verify" {
			returns++ // a check after which there is more to do has sent it back
		}
		open, deadline = next, time.Now().Add(stands)
		if len(open) > 0 && c.shippedName(open[0].Element) == "r1_reply" {
			return nil // it waits for the superior
		}
	}
}

// mendStep does one task of an issue as one of its holders, and returns what is open then.
func (c *county) mendStep(ctx context.Context, t wire.NextTask, f foundIssue, returns int) ([]wire.NextTask, error) {
	element := c.shippedName(t.Element)
	operation, in := mending(element, f, returns)
	if operation == "" {
		return nil, fmt.Errorf("nobody knows what to do with %s", element)
	}
	for _, holder := range c.holders(t) {
		who, err := c.person(ctx, holder)
		if err != nil {
			return nil, err
		}
		done, err := operate(ctx, who, t.Key, operation, "seed-"+t.Key+"-"+holder, in)
		if element == "r1_refer" && client.Slug(err) == "invalid-data" { // of a former release: the letter has its number already
			in.Data["letterNo"] = "县数资函〔2022〕" + f.unit[2:] + "号"
			done, err = operate(ctx, who, t.Key, operation, "seed-"+t.Key+"-"+holder+"-numbered", in)
		}
		switch client.Slug(err) {
		case "not-your-task":
			continue
		case "task-closed", "stale-version", "not-found":
			return nil, nil // somebody was quicker
		}
		return done.NextTasks, err
	}
	return nil, fmt.Errorf("nobody may act")
}

// operate does a task as it is when it has just been opened, and reads it only if somebody has touched it since.
func operate(
	ctx context.Context, who *client.Client, task, operation, key string, in wire.OperationRequest,
) (wire.OperationResult, error) {
	in.Version = 1
	done, err := who.Operate(ctx, task, operation, key, in)
	if client.Slug(err) != "stale-version" {
		return done, err
	}
	now, err := who.Task(ctx, task)
	if err != nil {
		return done, err
	}
	in.Version = now.Version
	return who.Operate(ctx, task, operation, fmt.Sprintf("%s-%d", key, now.Version), in)
}

// mending is what is done with the task of an element of R1.
func mending(element string, f foundIssue, returns int) (string, wire.OperationRequest) {
	day := func(n int) string { return min(after(f.on, n), f.ClosedOn) }
	switch element {
	case "r1_dispatch":
		return "complete", wire.OperationRequest{
			BusinessDate: day(1), Data: fields{"ownerDept": f.unit, "severity": "B", "comment": "限期整改"},
		}
	case "r1_analysis":
		return "complete", wire.OperationRequest{
			BusinessDate: day(3), Data: fields{"rootCause": f.Kind, "why": "对照办事指南逐环节查找，原因在于" + f.Title},
		}
	case "r1_plan":
		return "complete", wire.OperationRequest{
			BusinessDate: day(5), Data: fields{"measures": []any{fields{"text": "修订指南并培训窗口人员", "owner": "窗口负责人", "due": f.ClosedOn}}},
		}
	case "r1_approve":
		return "agree", wire.OperationRequest{BusinessDate: day(6), Opinion: "同意方案"}
	case "r1_rectify":
		return "complete", wire.OperationRequest{BusinessDate: day(11), Data: evidence(f)}
	case "r1_verify":
		return "complete", wire.OperationRequest{BusinessDate: f.ClosedOn, Data: verdict(f, returns)}
	case "r1_refer":
		return "complete", wire.OperationRequest{
			BusinessDate: f.ClosedOn,
			Data: fields{
				"toOrg": "市数据资源管理局", "system": "省市统建系统", "facts": f.Title, "asked": "统一改造系统并回复进度", "contact": "市局业务科",
				"workaround": "设线下专窗代为核验，并公示进度",
			},
		}
	}
	return "", wire.OperationRequest{}
}

func evidence(f foundIssue) fields {
	out := fields{"comment": f.Closing}
	if f.Closing == "" {
		out["comment"] = "本级已做到位，系统改造需上级统建部门支持"
	}
	if f.Materials > 0 {
		out["materialsCut"] = f.Materials
	}
	if f.Steps > 0 {
		out["stepsCut"] = f.Steps
	}
	if f.Days != "" {
		out["daysCut"] = f.Days
	}
	return out
}

func verdict(f foundIssue, returns int) fields {
	switch {
	case returns < f.Returns:
		return fields{"method": "site", "result": "fail", "comment": "现场抽查仍有旧指南，退回重改"}
	case f.Becomes == referredIssue:
		return fields{"method": "system", "result": "refer", "comment": "属省市统建系统问题，上报上级"}
	}
	return fields{"method": "site", "result": "pass", "comment": "现场办理一件，确认已经整改"}
}
