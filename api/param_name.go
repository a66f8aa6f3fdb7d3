package api

import (
	"maps"
	"strings"

	"github.com/quancheng/quancheng/texts"
)

// paramName is what people call a parameter of a rule pack, such as B06.L3; its key where the county added it.
func paramName(lang texts.Lang, param string) string {
	if key := "param." + param; texts.Has(key) {
		return texts.Text(lang, key, nil)
	}
	return param
}

// ofParam says a sentence about a parameter with its name before it; about anything else as it is. Parameters that
// the sentence compares it with are named too.
func ofParam(lang texts.Lang, where, code string, args map[string]string) string {
	if other := args["other"]; other != "" {
		args = maps.Clone(args)
		args["other"] = paramName(lang, other)
	}
	said := texts.Text(lang, code, inWords(lang, args))
	param := strings.TrimPrefix(where, "/")
	if !texts.Has("param." + param) {
		return said
	}
	return texts.Text(lang, "pack-of-param", map[string]string{"param": paramName(lang, param), "what": said})
}
