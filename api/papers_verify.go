package api

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/papers"
)

// verifyPaper tells everybody who holds a paper's QR code whether we issued it: kind,
// number, date, issuer, and whether it holds. A browser gets a page.
func verifyPaper(c *call) (any, error) {
	d, ok, err := papers.ByToken(c.db(), c.Param("token"))
	if err != nil {
		return nil, err
	}
	page := strings.HasPrefix(c.Request.URL.Path, "/verify/") && strings.Contains(c.GetHeader("Accept"), "text/html")
	if !ok {
		if page {
			return c.verifyPage(http.StatusNotFound, nil)
		}
		return nil, notFound()
	}
	doc, _, err := d.Paper()
	if err != nil {
		return nil, err
	}
	signed, err := papers.Signed(c.db(), d)
	if err != nil {
		return nil, err
	}
	v := wire.PaperVerification{
		Kind: d.Kind, Number: string(d.DocNo), Date: string(d.Dated), Issuer: doc.Meta.House, State: "有效", Valid: true,
	}
	switch {
	case d.VoidedOn != "":
		v.State, v.Valid = "作废", false
	case signed == "invalid" || !d.Whole():
		v.State, v.Valid = "存疑", false // the books were altered
	}
	if page {
		return c.verifyPage(http.StatusOK, &v)
	}
	return v, nil
}

var verifyTemplate = template.Must(
	template.New("verify").
		Parse(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="robots" content="noindex"><title>文件核对</title><style>
:root{--ink:#232220;--ink2:#6b675e;--line:#e5e1d8;--ground:#faf8f4;--paper:#fff;--good:#2f6f4f;--bad:#b3261e}@media(prefers-color-scheme:dark){:root{--ink:#ece8e0;--ink2:#a8a297;--line:#3a3732;--ground:#1d1b19;--paper:#262421;--good:#7cc29d;--bad:#f2938c}}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/26px system-ui,"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif}main{max-width:420px;margin:0 auto;padding:0 16px 32px}header{padding:12px 0;border-bottom:1px solid var(--line);color:var(--ink2);font-size:14px}
h1{font-size:26px;line-height:34px;margin:22px 0 6px}.y{color:var(--good)}.n{color:var(--bad)}p{margin:0 0 14px;color:var(--ink2)}dl{margin:0;background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:4px 16px}div.r{display:grid;grid-template-columns:88px 1fr;gap:10px;padding:10px 0;border-top:1px solid var(--line)}div.r:first-child{border:0}dt{color:var(--ink2)}dd{margin:0;overflow-wrap:anywhere}
</style></head><body><main><header>文件核对 · Verification</header>{{if .}}
{{if .Valid}}<h1 class="y">✓ 是本机关发的，现在有效</h1><p>请核对文号与手上文件一致。Issued and in force.</p>{{else if eq .State "作废"}}<h1 class="n">已作废</h1><p>这份文件发过，但已作废，不再有效。Issued, but void.</p>{{else}}<h1 class="n">存疑</h1><p>登记的内容与签名对不上，请向制发机关查询。The records do not match their signature.</p>{{end}}
<dl><div class="r"><dt>文件</dt><dd>{{.Kind}}</dd></div><div class="r"><dt>文号</dt><dd>{{.Number}}</dd></div><div class="r"><dt>日期</dt><dd>{{.Date}}</dd></div><div class="r"><dt>制发机关</dt><dd>{{.Issuer}}</dd></div><div class="r"><dt>状态</dt><dd>{{.State}}</dd></div></dl>
{{else}}<h1 class="n">查不到这份文件</h1><p>本机关没有发过带这个核验码的文件。请检查链接是否完整；如仍查不到，请不要使用这份文件，并向制发机关查询。Nothing was issued under this code.</p>{{end}}</main></body></html>`),
)

func (c *call) verifyPage(status int, v *wire.PaperVerification) (any, error) {
	var b bytes.Buffer
	var data any
	if v != nil {
		data = v
	}
	if err := verifyTemplate.Execute(&b, data); err != nil {
		return nil, err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return written, nil
}
