package rules

import "regexp"

// iso is a duration of days and time as FEEL writes it: PT59M59S.
var iso = regexp.MustCompile(`^-?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`)

// saidDuration tells a duration as people say it; ok is false of any other text.
func saidDuration(text string) (Text, bool) {
	m := iso.FindStringSubmatch(text)
	if m == nil || len(text) < 3 {
		return Text{}, false
	}
	var said Text
	for i, unit := range []Text{{"天", " d "}, {"小时", " h "}, {"分", " min "}, {"秒", " s "}} {
		if n := m[i+1]; n != "" {
			said.ZH, said.EN = said.ZH+n+unit.ZH, said.EN+n+unit.EN
		}
	}
	if said.ZH == "" {
		return Text{"0秒", "0 s"}, true
	}
	said.EN = said.EN[:len(said.EN)-1]
	return said, true
}
