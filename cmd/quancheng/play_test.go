package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quancheng/quancheng/seed"
)

// lives that together come by every mark.
var lives = []struct {
	set   []string
	marks string
}{
	{
		nil,
		`p1_draft DRAFT p1_leader p2_check SUBMITTED p3_pre ACCEPTED p3_draw IN_REVIEW p3_statement p3_opinion p3_lead p4_sheet p4_cross TRIMMING p4_consult p4_head p5_head REVIEWED
		p5_legal APPROVING p5_joint p5_director APPROVED p6_plan BUDGETED p6_check PROCURING p7_draft AWARDED p7_review p7_sign p7_milestones CONTRACTED p8_kickoff p8_kickoff_check p10_request
		c1_request c1_opinion c1_leader c1_file p8_report BUILDING c1_house c1_trim c1_approve p8_supervise p8_confirm p9_request p9_prelim_prepare p9_supervisor p9_prelim PRELIM_ACCEPTED TRIAL_RUN p9_trial p9_tests p9_catalogue p9_archive_pre p9_materials p10_verify p9_apply p9_formal p9_draw p9_final FINAL_ACCEPTED p12_collect p12_receipt ARCHIVED`,
	},
	{[]string{"ways=revise,reviseLate"}, `p3_simple p5_head p5_legal`}, // sent back to the applicant from two later stages
	{
		[]string{"packages=3", "ways=awardLost,packageLost"}, `p5_leader p5_meeting p6_check c1_county ARCHIVED`,
	}, // lost awards are bought again; each package is paid before the archive
	{nil, `p2_supplement SUPPLEMENTING p4_arbitrate p4_answer p5_head`},
	{nil, `p2_leader`},
	{[]string{"ways=unsupported"}, `p3_lead REJECTED`},
	{[]string{"ways=reject"}, `p5_director REJECTED`},
	{[]string{"ways=recalculate"}, `p5_head p6_plan`},
	{nil, `p2_confirm REJECTED`},
	{[]string{"mlpsLevel=3"}, `p3_confirm`},
	{
		[]string{"ways=conflict"},
		`p5_budget_fix p6_condition p6_condition_check p6_failed r1_dispatch r1_analysis r1_plan r1_approve r1_rectify r1_verify r1_refer r1_reply p9_archive_mend p9_final_prepare p12_fix ARCHIVED`,
	},
}

// TestPlayToEveryMark plays lives past every mark, and holds what the command says at each.
func TestPlayToEveryMark(t *testing.T) {
	if testing.Short() {
		t.Skip("plays whole lives")
	}
	p := newProcess(t, "", t.TempDir(), "--seed=false", "--bureau-pace=20ms")
	p.start(t.Context())
	player, err := seed.NewPlayer(t.Context(), p.url())
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, mark := range seed.Marks() {
		if !slices.ContainsFunc(lives, func(l struct {
			set   []string
			marks string
		}) bool {
			return slices.Contains(strings.Fields(l.marks), mark)
		}) {
			missing = append(missing, mark)
		}
	}
	if len(missing) > 0 {
		t.Errorf("no life comes by %v", missing)
	}
	var wg sync.WaitGroup
	for _, l := range lives {
		wg.Go(func() {
			err := player.Through(t.Context(), strings.Fields(l.marks), l.set, func(mark string, at seed.Played) {
				holdsAt(t, mark, at)
				if mark == "ARCHIVED" {
					t.Run("packages", func(t *testing.T) { packageHolds(t, p.url(), at.Code) })
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	twins(t, player)
	playCommandLine(t, p.url())
	boundBooks(t, p.dir)
	exitsArePlayed(t, p.dir)
	if t.Failed() {
		t.Log(p.log())
	}
}

// twins: three projects alike of one unit, none of which says so, go on once two persons hold them apart.
func twins(t *testing.T, player *seed.Player) {
	t.Helper()
	for range 3 {
		set := []string{"ways=apart", "unit=DP05", "name=社区智慧停车诱导", "total=1360000"}
		err := player.Through(t.Context(), []string{"ACCEPTED"}, set, func(string, seed.Played) {})
		if err != nil {
			t.Error(err)
		}
	}
}

// holdsAt: an element's task is open and held by somebody.
func holdsAt(t *testing.T, mark string, at seed.Played) {
	if at.Code == "" || at.InstanceKey == "" || at.Stage == "" {
		t.Errorf("%s: %+v", mark, at)
	}
	if strings.ToUpper(mark) == mark {
		return
	}
	i := slices.IndexFunc(at.Tasks, func(k seed.PlayedTask) bool { return k.Element == mark })
	if i < 0 || len(at.Tasks[i].Holders) == 0 || at.Tasks[i].Key == "" || strings.Contains(at.Tasks[i].Holders[0], "@") {
		t.Errorf("%s: open are %+v", mark, at.Tasks)
	}
}

// playCommandLine: the command prints JSON, and says clearly what it cannot do.
func playCommandLine(t *testing.T, url string) {
	t.Helper()
	for _, c := range []struct {
		args string
		want string // in the error; "": none
	}{
		{"--until p2_check --set name=停车 --set unit=DP05 --set amounts=300000,200000.50 --set mlpsLevel=3", ""},
		{"--until p9", `no mark "p9"`},
		{"", "to what mark?"},
		{"p2_check --until p3_draw", "two marks"},
		{"--until p2_check --set colour=red", "no such key"},
		{"--until p2_check --set name", "no such key"},
		{"--until p2_check --set lines=0", "from 1 to 50"},
		{"--until p2_check --set lines=2 --set packages=3", "from 1 to 2"},
		{"--until p2_check --set total=abc", "an amount"},
		{"--until p2_check --set ways=flying", "no such way"},
		{"--until p2_check --set level=2 --set total=5", "exclude each other"},
		{"--until p5_meeting --set level=2", "level=4"},
		{"--until p2_check --set unit=DP99", "no demo person"},
		{"--until p3_simple --set ways=refuse", "review=simple"},
	} {
		var out bytes.Buffer
		command := playCommand()
		command.SetOut(&out)
		command.SetErr(&out)
		command.SetArgs(append(strings.Fields(c.args), "--server", url, "--json"))
		command.SilenceErrors, command.SilenceUsage = true, true
		err := command.ExecuteContext(t.Context())
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.args, err)
		}
		if c.want != "" {
			continue
		}
		var played seed.Played
		if err := json.Unmarshal(out.Bytes(), &played); err != nil || len(played.Tasks) != 1 || played.Stage != "SUBMITTED" {
			t.Errorf("%s: %v in %s", c.args, err, out.String())
		}
	}
	if help := playHelp(); !strings.Contains(help, "mlpsLevel") || !strings.Contains(help, "p12_collect") ||
		!strings.Contains(help, "tenderFailed") {
		t.Error(help)
	}
}
