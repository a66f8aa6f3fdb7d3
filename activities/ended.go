package activities

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// tellEnd tells who began a case that it is over, once. How it ended is for its
// page: a notice holds no figure and no opinion (domain/access.md S8).
func (s *step) tellEnd(tx *gorm.DB) error {
	began := s.world.Input.Case.Initiator
	if began == "" || began == models.System || began == s.acting.Person {
		return nil
	}
	name, nameEn := s.root.Process, ""
	if e := s.bundle.Process(s.root.Process); e != nil {
		name, nameEn = e.Name, e.Ext.NameEn
	}
	subject, matter := fmt.Sprintf("case:%d", s.root.Key), s.root.BusinessKey
	if s.root.Project != "" && matter == s.root.Project {
		subject = "project:" + s.root.Project
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("ended:%d", s.root.Key), Kind: "case-ended", Subject: subject, CreatedAt: s.now,
		Args: models.JSONOf(map[string]string{"what": name, "whatEn": nameEn, "matter": matter}),
	}, began)
}
