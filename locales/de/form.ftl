## Formulare: was sich inzwischen geändert hat und was noch nicht gespeichert ist
form-conflict-option = Diese Prämie wurde geändert, seit Sie sie geöffnet haben.
form-conflict-site = Diese Shop-Site wurde geändert, seit Sie sie geöffnet haben.
form-conflict-settings = Diese Einstellungen wurden geändert, seit Sie sie geöffnet haben.
form-conflict-rule = Diese Regel wurde geändert, seit Sie sie geöffnet haben.
form-conflict-endpoint = Dieser Endpunkt wurde geändert, seit Sie ihn geöffnet haben.
form-conflict-provider = Jemand hat diesen Identitätsdienst geändert, seit Sie ihn geöffnet haben.
form-conflict = Ihre Eingaben stehen unten und sind nicht gespeichert. Speichern Sie noch einmal, um den neuen Stand damit zu ersetzen, oder <a href="{ $theirs }">behalten Sie den neuen Stand</a>.
form-differences = Unterschiede
form-field = Feld
form-now = Jetzt
form-yours = Ihre Eingabe
form-unsaved = Nicht gespeicherte Änderungen
form-discard = Verwerfen
form-save = Speichern
## Entwürfe
form-draft-title = Es gibt einen Entwurf für eine Änderung.
form-draft-told = <bdi>{ $who }</bdi> hat ihn aufbewahrt am
form-draft-differences = Was der Entwurf ändern würde
form-draft-column = Im Entwurf
form-draft-publish = Entwurf veröffentlichen
form-draft-edit = Entwurf bearbeiten
form-draft-discard = Entwurf verwerfen
form-draft-keep = Als Entwurf aufbewahren
form-draft-save = Speichern und veröffentlichen
form-draft-published = Entwurf veröffentlicht
form-draft-discarded = Entwurf verworfen
form-draft-waits = Änderung wartet
