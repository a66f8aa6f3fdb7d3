package forms

// EachFile calls back with each id that the form's file fields hold in data, rows and groups
// opened, and puts what it gives in its place; data is changed.
func (f *Form) EachFile(data map[string]any, each func(id string) (string, error)) error {
	return eachFile(f.components, data, each)
}

func eachFile(cs []*component, data map[string]any, each func(string) (string, error)) error {
	for _, c := range cs {
		var err error
		v, ok := lookup(data, c.path())
		switch inner, isMap := v.(map[string]any); {
		case c.kind == kindGroup && c.Path == "":
			err = eachFile(c.Components, data, each)
		case c.kind == kindGroup && isMap:
			err = eachFile(c.Components, inner, each)
		case c.kind == kindList && ok:
			rows, _ := v.([]any)
			for _, row := range rows {
				if r, isRow := row.(map[string]any); isRow && err == nil {
					err = eachFile(c.Components, r, each)
				}
			}
		case c.kind == kindFiles && ok:
			err = fileIDs(data, c, v, each)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func fileIDs(data map[string]any, c *component, v any, each func(string) (string, error)) error {
	if id, is := v.(string); is {
		v = []any{id}
	}
	list, _ := v.([]any)
	out := make([]any, 0, len(list))
	for _, item := range list {
		id, is := item.(string)
		if is && documentID.MatchString(id) {
			to, err := each(id)
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
