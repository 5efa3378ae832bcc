## Forms: what changed meanwhile, and what is not saved yet
form-conflict-option = Somebody changed this option since you opened it.
form-conflict-site = Somebody changed this site since you opened it.
form-conflict-settings = Somebody changed these settings since you opened it.
form-conflict-rule = Somebody changed this rule since you opened it.
form-conflict-endpoint = Somebody changed this endpoint since you opened it.
form-conflict-provider = Somebody changed this identity provider since you opened it.
form-conflict = Your input is below and not saved. Save again to put it in place of theirs, or <a href="{ $theirs }">keep theirs</a>.
form-differences = What differs
form-field = Field
form-now = Now
form-yours = Yours
form-unsaved = Unsaved changes
form-discard = Discard
form-save = Save
## Drafts
form-draft-title = There is a draft of a change.
form-draft-told = <bdi>{ $who }</bdi> kept it on
form-draft-differences = What the draft would change
form-draft-column = In the draft
form-draft-publish = Publish draft
form-draft-edit = Edit draft
form-draft-discard = Discard draft
form-draft-keep = Keep as draft
form-draft-save = Save and publish
form-draft-published = Draft published
form-draft-discarded = Draft discarded
form-draft-waits = Change waits
