package forms

import "strconv"

// EachFile calls back with each id that the form's file fields hold in data and its place in it (RFC 6901), rows and
// groups opened, and puts what it gives in its place; data is changed.
func (f *Form) EachFile(data map[string]any, each func(at, id string) (string, error)) error {
	return eachFile(f.components, data, "", each)
}

func eachFile(cs []*component, data map[string]any, at string, each func(at, id string) (string, error)) error {
	for _, c := range cs {
		var err error
		v, ok := lookup(data, c.path())
		here := at + pointerTo(c.path())
		switch inner, isMap := v.(map[string]any); {
		case c.kind == kindGroup && c.Path == "":
			err = eachFile(c.Components, data, at, each)
		case c.kind == kindGroup && isMap:
			err = eachFile(c.Components, inner, here, each)
		case c.kind == kindList && ok:
			rows, _ := v.([]any)
			for i, row := range rows {
				if r, isRow := row.(map[string]any); isRow && err == nil {
					err = eachFile(c.Components, r, here+"/"+strconv.Itoa(i), each)
				}
			}
		case c.kind == kindFiles && ok:
			err = fileIDs(data, c, v, here, each)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func fileIDs(data map[string]any, c *component, v any, at string, each func(at, id string) (string, error)) error {
	if id, is := v.(string); is {
		v = []any{id}
	}
	list, _ := v.([]any)
	out := make([]any, 0, len(list))
	for i, item := range list {
		id, is := item.(string)
		if is && documentID.MatchString(id) {
			to, err := each(at+"/"+strconv.Itoa(i), id)
			if err != nil {
				return err
			}
			item = to
		}
		out = append(out, item)
	}
	put(data, c.Key, out)
	return nil
}
