package api_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// samples are deployed as a county would: through the gates, and none has anything to say.
func (w *town) samples() {
	w.t.Helper()
	all, err := definitions.Samples()
	w.must(err)
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		for _, s := range all {
			_, problems, err := bundles.Deploy(tx, models.Acting{Person: models.System, At: w.clock().UTC()}, s)
			if err != nil {
				return err
			}
			for _, p := range problems {
				w.t.Errorf("sample: %s", p)
			}
		}
		return nil
	}))
}

// act is one thing that a person does with the open task of an element.
type act struct {
	person, element, op string
	in                  wire.OperationRequest
}

// life is a matter from its beginning to its end.
type life struct {
	process string
	person  string
	data    map[string]any
	acts    []act
}

func says(reason string) wire.OperationRequest {
	return wire.OperationRequest{Reason: reason, Opinion: reason}
}

func fills(data map[string]any) wire.OperationRequest { return wire.OperationRequest{Data: data} }

var (
	seal = map[string]any{
		"subject": "政务数据共享协议", "seals": []any{"contract"}, "copies": 3, "contract": true, "legalOpinion": "asked", "takenOut": true,
		"returnBy": "2026-11-25T17:00+08:00", "reason": "与县税务局共享数据",
	}
	sealAgain = with(seal, "copies", 2)
	cloud     = map[string]any{
		"system": "目录系统", "kind": "grow", "mlps": "2", "needBy": "2026-12-10", "months": 12, "dataClasses": []any{"internal"},
		"reason": "访问量翻倍",
		"resources": []any{
			map[string]any{"type": "vm", "cores": 8, "gb": 32, "count": 2}, map[string]any{"type": "disk", "gb": 500, "count": 1},
		},
	}
	post = map[string]any{"headline": "数据目录上线", "channels": []any{"site", "wechat"}, "body": "第五版目录今日上线。", "source": "own", "urgent": false}
)

func with(data map[string]any, key string, value any) map[string]any {
	out := map[string]any{}
	for k, v := range data {
		out[k] = v
	}
	out[key] = value
	return out
}

var lives = map[string]life{
	"the seal, returned once, the legal officer abstains": {"seal_use", "li-xin", seal, []act{
		{"zhao-kezhang", "chief", "return", says("份数与协议不符")},
		{"li-xin", "mend", "complete", fills(sealAgain)},
		{"zhao-kezhang", "chief", "agree", says("同意用印")},
		{"xu-fazhi", "office", "abstain", says("未参与起草，弃权")},
		{"ding-wenshu", "office", "agree", says("份数一致，同意")},
		{"lin-juzhang", "director", "agree", says("同意")},
		{"ding-wenshu", "register", "complete", fills(map[string]any{"usedOn": "2026-11-24", "registerNo": "YY-2026-0139"})},
	}},
	"the seal, mended after 不同意": {"seal_use", "chen-shouli", seal, []act{
		{"zhao-kezhang", "chief", "disagree", says("事由说不清楚")},
		{"chen-shouli", "mend", "complete", fills(sealAgain)},
		{"zhao-kezhang", "chief", "reject", wire.OperationRequest{Opinion: "不属本局用印范围", Reason: "不属本局用印范围", Code: "other"}},
	}},
	"the cloud, two thirds with one abstention": {"cloud_resource", "zhou-min", cloud, []act{
		{"he-guangming", "leader", "agree", says("确需扩容")},
		{"hua-fagai", "joint", "agree", says("同意")},
		{"jin-yusuan", "joint", "agree", says("同意")},
		{"ping-jiaoyi", "joint", "abstain", says("与本单位无关")},
		{"an-wangxin", "joint", "agree", says("同意")},
		{"zhao-kezhang", "head", "agree", says("照会审核定")},
		{
			"li-xin", "provide", "complete",
			fills(map[string]any{"grantedOn": "2026-11-24T15:30+08:00", "granted": []any{map[string]any{"address": "10.8.1.20"}}}),
		},
	}},
	"the cloud, vetoed, begun from the mended form, agreed": {"cloud_resource", "zhou-min", cloud, []act{
		{"he-guangming", "leader", "agree", says("确需扩容")},
		{"hua-fagai", "joint", "agree", says("同意")},
		{"jin-yusuan", "joint", "agree", says("同意")},
		{"ping-jiaoyi", "joint", "agree", says("同意")},
		{"an-wangxin", "joint", "disagree", says("个人信息未评估")},
		{"zhou-min", "mend", "complete", fills(with(cloud, "dataClasses", []any{"public"}))},
		{"he-guangming", "leader", "reject", wire.OperationRequest{Opinion: "年内不再扩容", Reason: "年内不再扩容", Code: "other"}},
	}},
	"the article, 30 and 40 of 100 against 30": {"publication", "li-xin", post, []act{
		{"zhao-kezhang", "first", "agree", says("事实已核")},
		{"xu-fazhi", "second", "disagree", says("引用未注明")},
		{"ding-wenshu", "second", "agree", says("格式正确")},
		{"gao-fenguan", "second", "agree", says("同意")},
		{"lin-juzhang", "third", "agree", says("签发")},
		{"ding-wenshu", "publish", "complete", fills(map[string]any{"publishedAt": "2026-11-24T16:00+08:00", "links": []any{}})},
	}},
	"the article, 30 against 70, and again": {"publication", "li-xin", post, []act{
		{"zhao-kezhang", "first", "agree", says("事实已核")},
		{"gao-fenguan", "second", "disagree", says("不宜此时发")},
		{"xu-fazhi", "second", "disagree", says("引用未注明")},
		{"li-xin", "mend", "complete", fills(with(post, "body", "第五版目录今日上线，来源已注明。"))},
		{"zhao-kezhang", "first", "reject", wire.OperationRequest{Opinion: "改期再发布", Reason: "改期再发布", Code: "other"}},
	}},
}

// The samples live from their beginning to their end through the API, as written by the guide.
func TestSamples(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.samples()
		for name, l := range lives {
			t.Run(name, func(t *testing.T) {
				w.t = t
				var b wire.Beginning
				w.do(l.person, "POST", "/api/v1/processes/"+l.process+"/instances", wire.BeginRequest{Data: l.data}).want(201, "").into(&b)
				for _, a := range l.acts {
					task, ok := w.openTask(a.person, b.Key, a.element)
					if !ok {
						var m wire.MatterDetail
						w.do(l.person, "GET", "/api/v1/instances/"+b.Key+"/matter", nil).want(200, "").into(&m)
						t.Fatalf("%s has no %s; open: %+v", a.person, a.element, m.OpenTasks)
					}
					w.operate(a.person, task, a.op, a.in).want(200, "")
				}
				var m wire.MatterDetail
				w.do(l.person, "GET", "/api/v1/instances/"+b.Key+"/matter", nil).want(200, "").into(&m)
				if m.State != "ended" || len(m.Opinions) != len(l.acts) || len(m.OpenTasks) != 0 {
					t.Errorf("it stands at %+v, %d of %d acts", m.OpenTasks, len(m.Opinions), len(l.acts))
				}
			})
		}
	})
}

// openTask is the open task of an element of a case, as the person reads it.
func (w *town) openTask(person, root, element string) (out wire.TaskSummary, ok bool) {
	w.t.Helper()
	var m wire.MatterDetail
	w.do(person, "GET", "/api/v1/instances/"+root+"/matter", nil).want(200, "").into(&m)
	for _, t := range m.OpenTasks {
		if t.Element == element {
			var d wire.TaskDetail
			w.do(person, "GET", "/api/v1/tasks/"+t.Key, nil).want(200, "").into(&d)
			return d.TaskSummary, true
		}
	}
	return out, false
}

// Withdrawn while somebody has it: it is back with who began it, or over, and begun again.
func TestSampleWithdrawnAndBegunAgain(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.samples()
	begin := func() (b wire.Beginning) {
		w.do("li-xin", "POST", "/api/v1/processes/publication/instances", wire.BeginRequest{Data: post}).want(201, "").into(&b)
		return b
	}
	first := begin()
	at := "/api/v1/instances/" + first.Key
	w.do("li-xin", "POST", at+"/withdraw", wire.CaseRequest{Reason: "标题要改一改"}).want(200, "")
	task, ok := w.openTask("li-xin", first.Key, "mend")
	if !ok {
		t.Fatal("it is not back with who began it")
	}
	w.operate("li-xin", task, "complete", fills(with(post, "headline", "数据目录第五版上线"))).want(200, "")
	var m wire.MatterDetail
	w.do("li-xin", "GET", at+"/matter", nil).want(200, "").into(&m)
	if m.Data["headline"] != "数据目录第五版上线" || m.Begun["headline"] != "数据目录上线" || m.OpenTasks[0].Element != "first" {
		t.Errorf("handed in again: %+v", m)
	}
	if second := begin(); second.Key == first.Key || second.Matter == first.Matter {
		t.Error("beginning again began nothing")
	}
}
