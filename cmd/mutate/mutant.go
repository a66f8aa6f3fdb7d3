package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mutant is one change of a source.
type mutant struct {
	file   string
	line   int
	change string
	source []byte // the whole file with the change
}

func (m mutant) String() string { return fmt.Sprintf("%s:%d %s", m.file, m.line, m.change) }

// others are what takes the place of an operator: what a slip of the pen would write.
var others = map[token.Token][]token.Token{
	token.LSS: {
		token.LEQ, token.GEQ,
	}, token.LEQ: {token.LSS, token.GTR}, token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {
		token.NEQ,
	}, token.NEQ: {token.EQL}, token.LAND: {token.LOR}, token.LOR: {token.LAND}, token.ADD: {token.SUB}, token.SUB: {token.ADD},
}

// mutantsOf are all changes of the sources of a package, tests aside.
func mutantsOf(dir, files string) ([]mutant, error) {
	paths, err := filepath.Glob(filepath.Join(dir, files))
	if err != nil {
		return nil, err
	}
	var out []mutant
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		some, err := mutate(path, source)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// mutate are all changes of one source.
func mutate(path string, source []byte) (out []mutant, err error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return set.Position(p).Offset }
	replace := func(from, to token.Pos, text, change string) {
		changed := strings.Join([]string{string(source[:at(from)]), string(source[at(to):])}, text)
		out = append(out, mutant{path, set.Position(from).Line, change, []byte(changed)})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			for _, op := range others[n.Op] {
				replace(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), op.String(), n.Op.String()+" → "+op.String())
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				replace(n.OpPos, n.OpPos+1, "", "! removed")
			}
		case *ast.IfStmt:
			replace(n.Cond.Pos(), n.Cond.End(), "!("+string(source[at(n.Cond.Pos()):at(n.Cond.End())])+")", "condition turned round")
		case *ast.BasicLit:
			if v, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil && v < 1_000_000 {
				replace(n.Pos(), n.End(), strconv.Itoa(v+1), n.Value+" → "+strconv.Itoa(v+1))
			}
		case *ast.ExprStmt: // something that is done for what it does
			replace(n.Pos(), n.End(), "", string(source[at(n.Pos()):min(at(n.End()), at(n.Pos())+40)])+" removed")
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if id, ok := r.(*ast.Ident); ok && (id.Name == "true" || id.Name == "false") {
					other := strconv.FormatBool(id.Name == "false")
					replace(r.Pos(), r.End(), other, id.Name+" → "+other)
				}
			}
		case *ast.GenDecl:
			return n.Tok != token.IMPORT
		}
		return true
	})
	return out, nil
}
