package seed

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// kin are the projects that rule B09 holds to be one with this; none when something else stops the act, too.
func kin(err error) (codes []string) {
	var e *client.Error
	if !errors.As(err, &e) {
		return nil
	}
	for _, f := range e.Errors {
		if f.CheckFault == nil {
			return nil
		}
		code := linked(f.Rule, f.Place)
		if code == "" {
			return nil
		}
		codes = append(codes, code)
	}
	return codes
}

// holdApart has the head and the director confirm that the project and others are several.
func (l *life) holdApart(ctx context.Context, others []string) error {
	head, err := l.as(ctx, "BUREAU_CHIEF", "")
	if err != nil {
		return err
	}
	director, err := l.as(ctx, "BUREAU_DIRECTOR", "")
	if err != nil {
		return err
	}
	for _, other := range others {
		in := wire.SecondInput{
			Act: "heldApart", Subject: l.Code, Terms: wire.SecondTerms{Other: other, Shown: "两个项目的立项依据和服务对象不同，见各自申报材料"},
			Reason: "分别立项，分别列支，不是拆分",
		}
		var r wire.SecondRequest
		err := head.Post(ctx, "/api/v1/second-requests", "play-"+uuid.NewString(), in, &r)
		switch client.Slug(err) {
		case "apart-already", "asked-already": // by a life beside this one
			continue
		}
		if err != nil {
			return err
		}
		yes := wire.Decision{Accept: true, Reason: "已核对，属于两个项目"}
		if err := director.Post(ctx, "/api/v1/second-requests/"+r.ID, "play-"+uuid.NewString(), yes, nil); err != nil {
			return err
		}
	}
	return nil
}
