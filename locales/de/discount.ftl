## Was ein Gutschein nachlässt
discount-percent = { $percent } Rabatt
discount-amount = { $amount } Rabatt
discount-free-shipping = Kostenloser Versand
