package papers

import (
	"fmt"
	"html"
	"strings"
)

// page is the look of the HTML: the measures of GB/T 9704 on paper, the same proportions on a screen.
const pageStyle = `@page{size:A4;margin:37mm 26mm 35mm 28mm}
*{box-sizing:border-box}body{margin:0;color:#000;background:#fff;font-family:"仿宋_GB2312",FangSong,STFangsong,"Noto Serif SC",serif;font-size:16pt;line-height:28.99pt;letter-spacing:-.21pt;line-break:strict;overflow-wrap:anywhere}
main{position:relative;width:210mm;max-width:100%;margin:0 auto;padding:37mm 26mm 35mm 28mm}@media print{main{width:auto;padding:0}}@media screen and (max-width:820px){main{padding:24px 18px}}
h1{font:normal 22pt/35pt "方正小标宋简体",STZhongsong,"Noto Serif SC",serif;font-weight:700;text-align:center;margin:0;text-wrap:balance}
h2,h3{font-size:16pt;font-weight:400;margin:0;text-indent:2em}h2{font-family:"黑体",SimHei,"Noto Sans SC",sans-serif}h3{font-family:"楷体_GB2312",KaiTi,"LXGW WenKai",serif}
p{margin:0;text-indent:2em}.to,.no,.an{text-indent:0}.to{margin-top:29pt}.no{text-align:center}.right{text-align:right;text-indent:0}.head{color:#f00;font:700 44pt/1.2 "方正小标宋简体",STZhongsong,"Noto Serif SC",serif;text-align:center;text-indent:0;padding-top:35mm}
.G .no,.M .no{margin:58pt 0 4mm;border:0}.rule{border:0;border-top:.5mm solid #f00;margin:0 0 58pt}.L .head{padding:0 0 4mm;border-bottom:1.35mm double #f00}.at{margin-top:29pt;padding-left:5em;text-indent:-3em}.an{font-family:"黑体",SimHei,"Noto Sans SC",sans-serif;break-before:page;margin-top:29pt}
.sign{margin:58pt 4em 0 auto;width:max-content;text-align:center;position:relative;break-inside:avoid}.sign p{text-indent:0}
table{width:100%;border-collapse:collapse;font-size:12pt;line-height:18pt;border:1pt solid #000;table-layout:fixed;letter-spacing:0}th,td{border:.5pt solid #000;padding:1mm;text-align:left;vertical-align:middle}th{font-family:"黑体",SimHei,"Noto Sans SC",sans-serif;font-weight:400;text-align:center}td.r{text-align:right}thead{display:table-header-group}tr{break-inside:avoid}.unit{text-align:right;text-indent:0;font-size:12pt}
.boxes{display:flex;border:.5pt solid #000;font-size:12pt;line-height:18pt}.boxes div{flex:1;min-height:27mm;padding:1mm 2mm;border-left:.5pt solid #000;display:flex;flex-direction:column;justify-content:space-between}.boxes div:first-child{border:0}.boxes span{text-align:right;font-size:10.5pt}
.print{margin-top:16pt;border-top:.35mm solid #000;border-bottom:.35mm solid #000;font-size:14pt;line-height:24pt}.print p{text-indent:0;padding:0 1em;display:flex;justify-content:space-between}.print p+p{border-top:.25mm solid #000}
.qr{width:18mm;height:18mm;margin:2mm;display:block}.F .qr,.R .qr{position:absolute;top:15mm;right:26mm;margin:0}.void{position:absolute;inset:0;display:flex;align-items:center;justify-content:center;font:700 110pt/1 "黑体",SimHei,sans-serif;color:rgba(179,38,30,.22);transform:rotate(-35deg);pointer-events:none;text-indent:0}.mark{margin-top:12pt;font-size:9pt;line-height:12pt;color:#595959;text-indent:0;text-align:center}`

// HTML renders the tree for the browser: one file that loads nothing.
func (d Doc) HTML() []byte {
	var b strings.Builder
	e := html.EscapeString
	fmt.Fprintf(
		&b,
		`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>%s</title><style>%s</style></head><body><main class="%s">`,
		e(strings.TrimSpace(d.Meta.No+" "+d.Meta.Title)), pageStyle, e(d.Class),
	)
	if d.Void != "" {
		fmt.Fprintf(&b, `<p class="void">%s</p>`, e(d.Void))
	}
	switch d.Class {
	case "G", "M":
		head := d.Meta.Head
		if d.Class == "M" {
			head = d.Meta.House + "会议纪要"
		}
		fmt.Fprintf(&b, `<p class="head">%s</p><p class="no">%s</p><hr class="rule">`, e(head), e(d.numberLine()))
	case "L":
		fmt.Fprintf(&b, `<p class="head">%s</p><p class="right">%s</p>`, e(d.Meta.House), e(d.Meta.No))
	case "F", "R":
		b.WriteString(d.svg())
	case "B":
		d.coverHTML(&b)
	}
	for i, x := range d.Blocks {
		x.html(&b, d, d.Blocks[i+1:])
	}
	if d.Class == "G" || d.Class == "M" || d.Class == "L" || d.Class == "N" {
		b.WriteString(d.svg())
	}
	d.imprintHTML(&b)
	if d.Mark != "" {
		fmt.Fprintf(&b, `<p class="mark">%s</p>`, e(d.Mark))
	}
	b.WriteString(`</main></body></html>`)
	return []byte(b.String())
}

func (d Doc) numberLine() string {
	if d.Meta.Signer == "" {
		return d.Meta.No
	}
	return d.Meta.No + "　　签发人：" + d.Meta.Signer
}

func (d Doc) coverHTML(b *strings.Builder) {
	b.WriteString(`<div style="padding-top:50mm">`)
	for _, x := range d.Blocks {
		if x.Kind == "title" && x.Part != "附件" {
			fmt.Fprintf(b, `<h1>%s</h1>`, html.EscapeString(x.Text))
		}
	}
	fmt.Fprintf(b, `<p class="no" style="margin-top:50mm">%s</p><p class="no">%s</p><p class="no">%s</p>%s</div>`,
		html.EscapeString(d.Meta.No), html.EscapeString(d.Meta.House), html.EscapeString(d.Meta.Written), d.svg())
	b.WriteString(`<div style="break-before:page;margin-top:20mm"></div>`)
}

func (x Block) html(b *strings.Builder, d Doc, rest []Block) {
	e := html.EscapeString
	switch x.Kind {
	case "title":
		fmt.Fprintf(b, `<h1>%s</h1>`, e(x.Text))
		if len(rest) > 0 && rest[0].Kind == "title" {
			return
		}
		switch d.Class {
		case "N", "R":
			fmt.Fprintf(b, `<p class="no">%s</p>`, e(d.Meta.No))
		case "F":
			fmt.Fprintf(b, `<p class="unit">编号：%s</p>`, e(d.Meta.No))
		}
	case "to":
		fmt.Fprintf(b, `<p class="to">%s</p>`, e(x.Text))
	case "h1":
		fmt.Fprintf(b, `<h2>%s</h2>`, e(x.Text))
	case "h2":
		fmt.Fprintf(b, `<h3>%s</h3>`, e(x.Text))
	case "p":
		fmt.Fprintf(b, `<p>%s</p>`, e(x.Text))
	case "note":
		fmt.Fprintf(b, `<p>（%s）</p>`, e(x.Text))
	case "attach":
		fmt.Fprintf(b, `<p class="at">附件：%s</p>`, e(x.Text))
	case "annex":
		fmt.Fprintf(b, `<p class="an">%s</p><h1>%s</h1>`, e(x.Items[0]), e(x.Text))
	case "sign":
		fmt.Fprintf(b, `<div class="sign"><p>%s</p><p>%s</p></div>`, e(d.Meta.House), e(d.Meta.Written))
	case "boxes":
		b.WriteString(`<div class="boxes">`)
		for _, item := range x.Items {
			fmt.Fprintf(b, `<div>%s：<span>签名／日期</span></div>`, e(item))
		}
		b.WriteString(`</div>`)
	case "table", "fields":
		x.Table.html(b)
	}
}

func (t *Table) html(b *strings.Builder) {
	if t.Unit != "" {
		fmt.Fprintf(b, `<p class="unit">%s</p>`, html.EscapeString(t.Unit))
	}
	b.WriteString(`<table><colgroup>`)
	for _, w := range t.Widths {
		fmt.Fprintf(b, `<col style="width:%.2f%%">`, float64(w)*100/textWidth)
	}
	b.WriteString(`</colgroup>`)
	row := func(cells []string, head bool) {
		b.WriteString(`<tr>`)
		for i, c := range cells {
			tag, attr := "td", ""
			switch {
			case head || t.Labels && i%2 == 0:
				tag = "th"
			case i < len(t.Right) && t.Right[i]:
				attr = ` class="r"`
			case t.Labels && len(cells) == 2:
				attr = ` colspan="3"`
			}
			fmt.Fprintf(b, `<%s%s>%s</%s>`, tag, attr, html.EscapeString(c), tag)
		}
		b.WriteString(`</tr>`)
	}
	if len(t.Head) > 0 {
		b.WriteString(`<thead>`)
		row(t.Head, true)
		b.WriteString(`</thead>`)
	}
	b.WriteString(`<tbody>`)
	for _, r := range t.Rows {
		row(r, false)
	}
	if len(t.Total) > 0 {
		row(t.Total, false)
	}
	b.WriteString(`</tbody></table>`)
}

func (d Doc) imprintHTML(b *strings.Builder) {
	if d.Class != "G" && d.Class != "M" {
		return
	}
	b.WriteString(`<div class="print">`)
	if len(d.Meta.Cc) > 0 {
		fmt.Fprintf(b, `<p>抄送：%s。</p>`, html.EscapeString(strings.Join(d.Meta.Cc, "，")))
	}
	fmt.Fprintf(b, `<p><span>%s</span><span>%s印发</span></p></div>`, html.EscapeString(d.Meta.Office), html.EscapeString(d.Meta.Written))
}

// svg is the QR code.
func (d Doc) svg() string {
	c := qrCode(d.Meta.Verify)
	if c == nil {
		return ""
	}
	var path strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return fmt.Sprintf(
		`<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s"><path d="%s"/></svg>`, c.Size, c.Size,
		html.EscapeString("核验二维码 "+d.Meta.Verify), path.String(),
	)
}
