package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/seconds"
)

// askSealedRead asks a second auditor for the reading of a part of a case before its moment.
func askSealedRead(c *call) (any, error) {
	var in wire.SealedRead
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	root, err := c.caseRoot()
	if err != nil {
		return nil, err
	}
	if root.Project == "" {
		return nil, notFound() // nothing is sealed outside projects
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.askHouse(a, seconds.Request{
		Act: sealedAct, Subject: root.Project, Reason: in.Reason, Data: models.JSONOf(secondTerms{Part: in.Part}),
	})
}
