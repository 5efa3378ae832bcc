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
