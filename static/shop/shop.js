// What a shop writes to bring the widget alive: a token from its own backend, and what to do with a code.

const getToken = async () => {
  const answer = await fetch("/token");
  if (!answer.ok) throw new Error(`The shop gives no token: ${answer.status}`);
  return answer.status === 204 ? "" : answer.json();
};

for (const element of document.querySelectorAll("[data-points]")) {
  if ("signedIn" in document.body.dataset) element.getToken = getToken;
}

// "Use in basket": the shop puts the code into its basket, as if it had been typed there.
document.addEventListener("guerdon:apply", async (event) => {
  event.preventDefault();
  await fetch("/basket/coupon", { method: "POST", body: new URLSearchParams({ code: event.detail.code }), redirect: "manual" });
  location.assign("/basket");
});
