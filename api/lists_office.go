package api

import (
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/models/stuck"
)

// Lists of the offices: accounts, what the bureaus sent and what left for them, walks of a campaign.
func init() {
	exports["audit"] = exported{auditExport, "audit.export.head", exportAuditRows}
	exports["accounts"] = exported{accountList, "export.accounts", exportAccounts}
	exports["events-in"] = exported{partnerRead, "export.events-in", exportEventsIn}
	exports["events-out"] = exported{partnerRead, "export.events-out", exportEventsOut}
	exports["stuck"] = exported{stuckExport, "export.stuck", exportStuckRows}
	exports["walks"] = exported{campaignRead, "export.walks", exportWalks}
}

func exportAccounts(c *call, cursor string) ([][]any, string, error) {
	all, next, err := c.accountPage(cursor, exportPage)
	var rows [][]any
	for _, a := range all {
		var posts []string
		for _, p := range a.Posts {
			posts = append(posts, p.DeptName+" "+p.RoleName)
		}
		rows = append(rows, []any{a.ID, a.Name, a.UnitName, c.text("account.state." + a.State), strings.Join(posts, "；")})
	}
	return rows, next, err
}

func exportEventsIn(c *call, cursor string) ([][]any, string, error) {
	page, err := c.events(c.eventFilter(cursor, exportPage))
	var rows [][]any
	for _, e := range page.Items {
		rows = append(rows, []any{
			atTime(&e.ReceivedAt), e.Partner, e.EventType, e.EventID, e.State, e.Project, amount(e.Amount), e.ParkedReason + e.Note,
		})
	}
	return rows, page.Next, err
}

func exportEventsOut(c *call, cursor string) ([][]any, string, error) {
	page, err := c.outboxPage(cursor, exportPage)
	var rows [][]any
	for _, e := range page.Items {
		rows = append(rows, []any{
			atTime(&e.CreatedAt), e.Partner, e.EventType, e.EventID, e.State, e.Project, atTime(e.DeliveredAt), e.LastError,
		})
	}
	return rows, page.Next, err
}

func exportWalks(c *call, cursor string) ([][]any, string, error) {
	all, next, err := c.walkPage(c.Query("campaign"), cursor, exportPage)
	var rows [][]any
	for _, w := range all {
		rows = append(rows, []any{
			w.On, w.UnitName, w.Item, w.ItemName, w.Walker.Name, c.text(yesNo(w.IsDirector)), w.WhyNot, strconv.Itoa(len(w.Steps)),
			strconv.Itoa(w.Minutes), strconv.Itoa(w.Visits), strings.Join(w.Issues, "；"), c.text(yesNo(w.Counted)), c.text(yesNo(w.Late)),
		})
	}
	return rows, next, err
}

func yesNo(b bool) string {
	if b {
		return "list.yes"
	}
	return "list.no"
}

// exportStuckRows are reports at the window, without names and phones: who came is a pseudonym.
func exportStuckRows(c *call, cursor string) ([][]any, string, error) {
	f, err := c.stuckFilter()
	if err != nil {
		return nil, "", err
	}
	f.Cursor, f.Limit = cursor, exportPage
	rows, next, err := stuck.List(c.db(), f)
	if err != nil {
		return nil, "", err
	}
	d, err := c.directory()
	if err != nil {
		return nil, "", err
	}
	return c.stuckSheet(d, rows).Rows, next, nil
}
