package similar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// labelled are pairs of texts that people have judged; they lie beside the checkout.
const labelled = "../../shared/tried/similarity/dev.jsonl"

func TestFilesOfPairs(t *testing.T) {
	for _, name := range []string{labelled, "testdata/own.jsonl", "testdata/hard.jsonl"} {
		raw, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			t.Logf("%s is not at hand", name)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		project, line, bad, err := Judge(bytes.NewReader(raw), Shipped())
		if err != nil || len(bad) > 0 {
			t.Fatal(err, bad)
		}
		for kind, j := range map[string]Judged{"project": project, "line": line} {
			t.Logf("%s %s: %d pairs, precision %.3f, recall %.3f", name, kind, j.Pairs, j.Precision, j.Recall)
			for _, w := range j.Wrong {
				t.Logf("  %+v", w)
			}
			if j.Recall < 0.9 || j.Precision < map[string]float64{"project": 0.8, "line": 0.75}[kind] {
				t.Errorf("%s of %s: precision %.3f, recall %.3f", kind, name, j.Precision, j.Recall)
			}
		}
		again, other, _, err := Judge(bytes.NewReader(exchanged(t, raw)), Shipped())
		if err != nil || !reflect.DeepEqual(project, again) || !reflect.DeepEqual(line, other) {
			t.Errorf("%s: other results with a and b exchanged: %v", name, err)
		}
	}
}

// exchanged is a file with a and b of each pair in each other's place.
func exchanged(t *testing.T, raw []byte) []byte {
	var out bytes.Buffer
	for _, row := range bytes.Split(bytes.TrimSpace(raw), []byte("\n")) {
		var p map[string]any
		if err := json.Unmarshal(row, &p); err != nil {
			t.Fatal(err)
		}
		p["a"], p["b"] = p["b"], p["a"]
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(text, '\n'))
	}
	return out.Bytes()
}

// odd texts: empty, one character, one word again and again, ten characters, very long, no letters.
var odd = []string{
	"", "县", strings.Repeat("平台", 400), strings.Repeat("告警", 2000), "智慧停车管理平台建设", strings.Repeat("路灯控制与", 20000), "，。！？——12345",
	"\x00\xff\u202e", "𠮷野家", "ABC-123／４５６㎡", strings.Repeat("x", 100_000),
}

func TestOddTexts(t *testing.T) {
	c := NewCorpus(Shipped())
	for _, a := range odd {
		for _, b := range odd {
			p, q := Project{a, b, []string{a, b, a}}, Project{b, a, []string{"停车", b}}
			within01(t, c.Projects(p, q), c.Projects(q, p))
			l, m := Line{a, b, "台"}, Line{b, a, b}
			within01(t, c.Lines(l, m), c.Lines(m, l))
			if r := c.Projects(Project{Name: a}, Project{Name: b}); a != b && (a == "" || b == "") && r.Score != 0 {
				t.Errorf("nothing is like %.20q: %v", a+b, r.Score)
			}
		}
	}
}

func within01(t *testing.T, r, again Result) {
	t.Helper()
	if !(r.Score >= 0 && r.Score <= 1) {
		t.Errorf("score %v", r.Score)
	}
	if !reflect.DeepEqual(r, again) {
		t.Errorf("exchanged: %v, then %v", r, again)
	}
}

func TestOneTemplateOfThirtyDepartments(t *testing.T) {
	c := NewCorpus(Shipped())
	office := func(n int) Project {
		return Project{
			fmt.Sprintf("县第%d局协同办公系统", n), "目前存在信息孤岛、业务不协同等问题。拟建设协同办公系统，实现收发文、会议、督办、请销假、用印等事项线上流转，提高机关工作效率。",
			[]string{"收文管理", "发文管理", "会议管理", "督查督办", "请销假"},
		}
	}
	for n := range 30 {
		c.AddProject(office(n))
	}
	if r := c.Projects(office(1), office(2)); r.Score < Alert || len(r.Words) == 0 {
		t.Errorf("two departments build the same: %v", r)
	}
	hotel := Project{"县疗养院床位管理系统", "目前存在信息孤岛、业务不协同等问题。拟建设床位系统，实现疗养预约、入住、换房和结算。", []string{"用户管理", "权限管理", "报表管理"}}
	if r := c.Projects(office(1), hotel); r.Score >= Alert {
		t.Errorf("a phrase is no likeness: %v", r)
	}
}

func TestLinesAreReadByWhatIsBought(t *testing.T) {
	c := NewCorpus(Shipped())
	for _, x := range []struct {
		a, b Line
		like bool
	}{
		{Line{"机柜", "42U", "台"}, Line{"服务器机柜", "４２Ｕ", "个"}, true},
		{Line{"机柜", "42U", "台"}, Line{"机柜租用", "42U，一年", "个·年"}, false},
		{Line{"其他费用", "", "项"}, Line{"其他费用", "", "项"}, false},
		{Line{"应用软件开发", "", "项"}, Line{"应用软件开发", "", "项"}, false},
		{Line{"服务器与存储", "", "批"}, Line{"服务器与存储", "", "批"}, true},
		{Line{"激光打印机", "A4黑白", "台"}, Line{"激光打印机", "A3彩色", "台"}, false},
		{Line{"存储", "内存1TB", "台"}, Line{"存储", "内存1000GB", "套"}, true},
	} {
		if r := c.Lines(x.a, x.b); (r.Score >= Alert) != x.like {
			t.Errorf("%v and %v: %v", x.a, x.b, r)
		}
	}
}

func TestWordsSayWhatMatched(t *testing.T) {
	c := NewCorpus(Shipped())
	r := c.Projects(Project{"城区停车诱导", "泊位监测和窨井液面", []string{"泊位监测"}}, Project{"车位引导", "窨井液面", []string{"车位监测"}})
	for _, want := range []string{"泊位/车位", "窨井"} {
		if !slices.ContainsFunc(r.Words, func(w string) bool { return strings.Contains(w, want) }) {
			t.Errorf("%q is not among %q", want, r.Words)
		}
	}
}

func TestIndexFindsWhatComparisonFinds(t *testing.T) {
	pairs := readSamples(t, "project")
	var all []Project
	var refs []string
	seen := map[string]bool{}
	for _, s := range pairs {
		for _, p := range []Project{{s.A.Name, s.A.Need, s.A.Functions}, {s.B.Name, s.B.Need, s.B.Functions}} {
			if !seen[p.Name+p.Need] {
				seen[p.Name+p.Need] = true
				all, refs = append(all, p), append(refs, fmt.Sprint(len(refs)))
			}
		}
	}
	x := ReadProjects(Shipped(), refs, all)
	missed, search := 0, Search{}
	for i, p := range all {
		hits := x.Like(p, Alert, 50, &search)
		for j, q := range all {
			if x.score(x.views[i], x.views[j]) >= Alert && !slices.ContainsFunc(hits, func(h Hit) bool { return h.Ref == refs[j] }) {
				missed++
				t.Logf("%s: %s is not found", p.Name, q.Name)
			}
		}
		if len(hits) == 0 || hits[0].Ref != refs[i] || hits[0].Score != 1 {
			t.Errorf("%s does not find itself first: %v", p.Name, hits)
		}
	}
	if missed > 0 {
		t.Errorf("%d pairs are not found by the index", missed)
	}
}

// Scores, words and all are the same with a and b exchanged, for every pair of texts of the files and across pairs.
func TestComparisonIsSymmetric(t *testing.T) {
	raw, err := os.ReadFile("testdata/hard.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	pairs, _, err := readPairs(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	projects, lines := corporaOf(pairs, Shipped())
	for _, p := range pairs {
		for _, q := range pairs {
			if p.Kind != q.Kind {
				continue
			}
			if p.Kind == "line" {
				within01(t, lines.Lines(p.A.line(), q.B.line()), lines.Lines(q.B.line(), p.A.line()))
			} else {
				within01(t, projects.Projects(p.A.project(), q.B.project()), projects.Projects(q.B.project(), p.A.project()))
			}
		}
	}
}

func TestBadFiles(t *testing.T) {
	good := `{"id":"1","kind":"line","a":{"name":"服务器"},"b":{"name":"服务器"},"similar":true}`
	for _, text := range []string{"{", `{"id":"1","kind":"tree","a":{},"b":{},"similar":true}`,
		`{"id":"1","kind":"line","a":{"name":"x"},"similar":true}`, `{"id":"1","kind":"line","a":{"name":"x"},"b":{"name":"x"}}`} {
		if _, _, _, err := Judge(strings.NewReader(text), Shipped()); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", text, err)
		}
		p, l, bad, err := Judge(strings.NewReader(good+"\n"+text+"\n"), Shipped())
		if err != nil || len(bad) != 1 || !strings.Contains(bad[0].Error(), "line 2") || l.Pairs != 1 || p.Pairs != 0 || l.Recall != 1 {
			t.Errorf("one bad line among good ones: %v %v %+v", err, bad, l)
		}
	}
	empty := `{"id":"1","kind":"project","a":{"name":""},"b":{"name":"","functions":null},"similar":false}`
	if p, _, _, err := Judge(strings.NewReader(empty), Shipped()); err != nil || p.Pairs != 1 || len(p.Wrong) != 0 {
		t.Errorf("empty texts: %+v %v", p, err)
	}
	if p, l, _, err := Judge(strings.NewReader("\ufeff\n\n"), Shipped()); err != nil || p.Pairs+l.Pairs != 0 || p.Wrong == nil {
		t.Errorf("an empty file: %v %v %v", p, l, err)
	}
	for _, text := range []string{"[tree]\na b", "a b", "[near]\na b c"} {
		if _, err := ParseVocabulary(text); err == nil {
			t.Errorf("%q is no vocabulary", text)
		}
	}
}

// manyLines are invented lines, all different.
func manyLines(n int) (refs []string, out []Line) {
	things := []string{
		"服务器", "网络交换机", "摄像机", "数据库软件授权", "水位计", "投影仪", "机柜", "视频会议终端", "打印机", "防火墙", "存储阵列", "精密空调", "光缆敷设", "数据清洗服务", "系统集成", "短信服务",
		"无人机", "执法记录仪", "充电桩", "传感器", "等保测评", "云主机租用", "接口开发", "门禁闸机", "音响",
	}
	words := []string{
		"国产", "冗余电源", "红外", "全彩", "室内", "户外", "双控", "三年质保", "机架式", "便携", "防水", "万兆", "千兆", "低功耗", "加密", "定位", "语音", "热插拔", "无线", "触控",
	}
	for i := range n {
		spec := fmt.Sprintf(
			"%s，%s，%dGB，%d口，%dkW，型号批次%s%s", words[i%20], words[i/20%20], 8+i%512, i%97, i%31, string(rune(0x4e00+i%5000)),
			string(rune(0x4e00+i/7%6000)),
		)
		out = append(out, Line{things[i%25] + words[i/25%20], spec, []string{"台", "套", "项"}[i%3]})
		refs = append(refs, fmt.Sprint(i))
	}
	return refs, out
}

// BenchmarkLines judges an application of 1,000 lines against 100,000.
func BenchmarkLines(b *testing.B) {
	refs, all := manyLines(100_000)
	start := time.Now()
	x := ReadLines(Shipped(), refs, all)
	b.Logf("index of %d lines in %v", x.Len(), time.Since(start))
	_, asked := manyLines(101_000)
	search := Search{}
	for b.Loop() {
		for _, l := range asked[100_000:] {
			x.Like(l, Alert, 10, &search)
		}
	}
}
