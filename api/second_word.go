package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
)

// secondWord is a second person's word: what he says, about which row, and who he is.
func (c *call) secondWord() (in wire.Decision, id int64, a models.Acting, err error) {
	if err = c.decode(&in); err != nil {
		return in, 0, a, err
	}
	if id, err = c.key("id"); err != nil {
		return in, 0, a, err
	}
	a, err = c.acting("", "", in.Reason)
	return in, id, a, err
}
