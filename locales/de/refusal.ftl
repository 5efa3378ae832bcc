refusal-not-enough = { $has ->
    [one] Der Kunde hat { $has } Punkt; verlangt wurden { $asked }.
   *[other] Der Kunde hat { $has } Punkte; verlangt wurden { $asked }.
}
refusal-unknown-customer = Der Kunde { $customer } hat kein Punktekonto.
refusal-account-exists = Der Kunde „{ $customer }“ hat schon ein offenes Punktekonto.
refusal-entry-id = Die Nummer „{ $id }“ gehört schon zu einer anderen Buchung. Senden Sie eine neue Nummer oder dieselbe Anfrage noch einmal.
refusal-key-reused = Dieser Idempotency-Key wurde für eine andere Anfrage benutzt. Senden Sie einen neuen Schlüssel oder dieselbe Anfrage noch einmal.
refusal-too-large = Der Punktestand würde über 9.007.199.254.740.991 Punkte wachsen.
refusal-ends-in-the-past = Geben Sie ein Ende an, das in der Zukunft liegt.
refusal-option-unknown = Es gibt keine Prämie mit der Nummer { $id }, die jetzt eingelöst werden kann.
refusal-sold-out = Diese Prämie ist vergriffen.
refusal-per-customer = { $times ->
    [one] Ein Kunde kann diese Prämie { $times } Mal einlösen; das ist schon geschehen.
   *[other] Ein Kunde kann diese Prämie { $times } Mal einlösen; das ist schon geschehen.
}
refusal-not-on-site = Diese Prämie gibt es auf der Site „{ $site }“ nicht.
refusal-damaged = Die Punktepakete des Kunden { $customer } ergeben nicht den Punktestand. Rufen Sie `guerdon verify` auf.
refusal-redemption-unknown = Dieser Kunde hat keine Einlösung „{ $id }“.
refusal-cancelled = Diese Einlösung ist schon storniert.
refusal-cancelling-off = Kunden können hier keine Gutscheine stornieren. Bitten Sie den Shop darum.
refusal-cancelling-over = Ein Gutschein kann innerhalb von { $hours } Stunden storniert werden; die sind vorbei. Bitten Sie den Shop darum.
refusal-coupon-used = Der Gutschein { $code } wurde schon benutzt.
refusal-entry-unknown = In diesem Konto gibt es keine Buchung „{ $id }“.
refusal-undone = Diese Buchung ist schon rückgängig gemacht.
refusal-not-undoable = Nur gutgeschriebene und abgezogene Punkte lassen sich rückgängig machen.
refusal-order-changed = Die Bestellung „{ $order }“ hat sich inzwischen geändert. Senden Sie die Anfrage noch einmal.
refusal-order-unknown = Es gibt keine Bestellung „{ $order }“.
refusal-order-of-another = Die Bestellung „{ $order }“ gehört einem anderen Kunden.
refusal-item-unknown = Die Bestellung hat keine Position „{ $item }“.
refusal-other-currency = Die Bestellung wurde in { $currency } bezahlt. Geben Sie den Betrag in dieser Währung an.
refusal-returned-unknown = Diesen zurückgegebenen Gutschein gibt es nicht.
refusal-returned-decided = Das hat inzwischen jemand anderes entschieden.
refusal-order-completed = Die Bestellung „{ $order }“ wurde { $what } abgeschlossen. Eine abgeschlossene Bestellung bleibt, wie sie ist; melden Sie als Retoure, was zurückkommt.
refusal-completed-site = auf einer anderen Site
refusal-completed-currency = in einer anderen Währung
refusal-completed-customer = für einen anderen Kunden
refusal-return-taken = Die Retoure „{ $id }“ wurde schon mit anderem Inhalt gemeldet. Senden Sie eine neue Retourennummer oder denselben Inhalt noch einmal.
