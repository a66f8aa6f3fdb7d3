package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/founding"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rulebook"
)

// roster is the list of a town that is not the demonstration's: a unit that the
// founding did not know, and everybody whom an application needs up to its approval.
const roster = `单位编号,单位名称,账号,姓名,岗位,级别
QH30,青禾县水利局,qiao-shui,乔水,经办人,
QH30,,he-ju,何局,APPLY_LEADER,0
QH01,,li-hang,李航,受理岗,
QH01,,zhou-shu,周术,审核员A,
QH01,,hu-yue,胡悦,审核员B,
QH01,,fa-zhi,法正,法制岗,
QH01,,wang-lixin,王立新,科长,
QH01,,fen-guan,分官,分管副局长,
QH01,,ju-zhang,居章,局长,0
QH01,,ban-gong,班恭,办公室,
QH01,,chou-qu,仇曲,DRAW_OPERATOR,
QH02,,feng-yao,冯遥,财政联络员,
QH02,,cai-lian,蔡联,JOINT,
QH03,,gong-guan,公冠,公管联络员,
QH04,,fen-xian,汾县,分管县领导,0
QH05,,fa-gai,法盖,JOINT,
QH06,,wang-xin,王信,JOINT,
QH07,,dang-an,当安,档案员,
`

// setUp founds the example's town by its link, as the page does.
func (w *town) setUp() []wire.OneTimeCode {
	w.t.Helper()
	var token string
	modelstest.Tx(w.t, w.db, func(tx *gorm.DB) (err error) { token, err = founding.NewLink(tx, w.clock()); return err })
	var begin wire.Setup
	w.do("", "GET", "/api/v1/setup?token="+token, nil).want(200, "").into(&begin)
	raw, err := json.Marshal(begin.Example)
	w.must(err)
	w.do("", "POST", "/api/v1/setup", wire.SetupRequest{Token: token, Setup: raw, DryRun: true}).want(204, "")
	var done wire.SetupDone
	w.do("", "POST", "/api/v1/setup", wire.SetupRequest{Token: token, Setup: raw}).want(200, "").into(&done)
	return done.Administrators
}

// moveIn takes everybody through the first sign-in: the code, a password of his own, and a second factor where his post asks for one.
func (w *town) moveIn(codes []wire.OneTimeCode) {
	w.t.Helper()
	for _, c := range codes {
		me := w.enter(c.Person, c.Code)
		for len(me.Pending) > 0 {
			step := me.Pending[0]
			me = wire.Me{}
			switch step {
			case "password":
				w.do(c.Person, "PUT", "/api/v1/me/password", wire.NewPassword{Password: goodPassword}).want(200, "").into(&me)
			case "factor":
				var offer wire.FactorOffer
				w.do(c.Person, "POST", "/api/v1/me/factor", wire.FactorCode{}).want(200, "").into(&offer)
				code, err := totp.GenerateCode(offer.Key, w.clock())
				w.must(err)
				var done wire.RecoveryCodes
				w.do(c.Person, "PUT", "/api/v1/me/factor", wire.FactorCode{Code: code}).want(200, "").into(&done)
				me = done.Me
			default:
				w.t.Fatalf("%s waits for %s", c.Person, step)
			}
			if len(me.Pending) > 0 && me.Pending[0] == step {
				w.t.Fatalf("%s goes in circles at %s", c.Person, step)
			}
		}
		w.do("", "POST", "/api/v1/session", wire.SignIn{Person: c.Person, Password: c.Code}).want(401, "wrong-credentials")
	}
}

// TestATownMovesIn: from an empty PostgreSQL to an approved project, by nothing but
// what the pages do. Units, people and posts are those of a list; nobody of the
// demonstration is there.
func TestATownMovesIn(t *testing.T) {
	w := openTown(
		t, modelstest.Open(t, modelstest.Postgres(t)), nil, cast{"qiao-shui", "wang-lixin", "zhou-shu"},
		func(tx *gorm.DB, _ models.Acting) error {
			return rulebook.Install(tx, noon)
		},
	)
	w.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min"}).want(401, "")
	w.moveIn(w.setUp())

	list := roster
	for i := range 12 {
		list += fmt.Sprintf("QH08,,expert-%d,专家%c,评审专家,\n", i+1, '甲'+rune(i))
	}
	var preview wire.ImportPreview
	w.house.upload("qian-yu", list, map[string]string{"reason": "启用时导入"}).want(202, "").into(&preview)
	if len(preview.Refused) > 0 {
		t.Fatalf("refused: %+v", preview.Refused)
	}
	decide := "/api/v1/requests/" + preview.Request.ID + "/decide"
	w.do("qian-yu", "POST", decide, map[string]any{"accept": true}).want(200, "")
	var decided wire.RequestDecided
	w.do("fang-yuan", "POST", decide, map[string]any{"accept": true}).want(200, "").into(&decided)
	if want := strings.Count(list, "\n") - 1; len(decided.Codes) != want {
		t.Fatalf("%d codes for %d people", len(decided.Codes), want)
	}
	w.moveIn(decided.Codes)
	var staffing wire.Staffing
	w.do("qian-yu", "GET", "/api/v1/organisation/staffing", nil).want(200, "").into(&staffing)
	if len(staffing.NoUnit) > 0 {
		t.Errorf("functions without a unit: %v", staffing.NoUnit)
	}

	for i := range 12 { // nobody is drawn of whom it is not known what he knows and for whom he works
		w.do(w.chief, "PUT", fmt.Sprintf("/api/v1/experts/expert-%d", i+1), fields{
			"specialties": []any{[]string{"security", "software", "finance"}[i%3]},
			"employers":   []any{fields{"orgName": fmt.Sprintf("青禾研究院第%d所", i+1), "tie": "employed", "fromYear": 2015}},
		}).want(200, "")
	}

	draft := application
	draft.Dept = "QH30"
	var p wire.Project
	w.do(w.clerk, "POST", "/api/v1/projects", draft).want(201, "").into(&p)
	w.ready(p.Code)
	w.do(w.clerk, "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
	demos := seconds
	t.Cleanup(func() { seconds = demos })
	seconds = map[string]string{"BUREAU_LEGAL": "fa-zhi"} // of this town
	player := &player{town: w, code: p.Code, of: village, foreseen: map[string]bool{}, does: map[string][]string{}}
	for end := time.Now().Add(5 * time.Minute); p.Stage != "APPROVED" && time.Now().Before(end); {
		player.step()
		w.do(w.chief, "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
	}
	if p.Stage != "APPROVED" {
		t.Fatalf("in the end: %s, open %+v\n%s", p.Stage, p.OpenTasks, w.log.String())
	}
	var verdict wire.AuditVerdict
	w.do("song-xuan", "GET", "/api/v1/audit/verify", nil).want(200, "").into(&verdict)
	if !verdict.Intact {
		t.Errorf("audit: %+v", verdict)
	}
}
