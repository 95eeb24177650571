namespace QLearning.Abstractions.Input;

/// <summary>Claims of request keys.</summary>
internal static class RequestCheck
{
    private static readonly TimeSpan _longest = TimeSpan.FromHours(1);

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Claim(RequestClaim? claim)
    {
        InputCheck.Present("claim", claim, "a key with its request");
        InputCheck.Present("scope", claim.Scope, "whose key it is, or an empty text");
        InputCheck.OptionalText("scope", claim.Scope, QLimits.MaxScopeCharacters);
        InputCheck.Text("request key", claim.Key, QLimits.MaxRequestKeyCharacters);
        InputCheck.Count("bytes of the digest", claim.Digest, QLimits.MaxDigestBytes);
        InputCheck.Id("holder", claim.Holder, "an id of its own for each claim");
        InputCheck.Id("client id", claim.Numbers.ClientId, "an id of the client's own");
        InputCheck.Range("number of the update", claim.Numbers.Number, 1, long.MaxValue);
        if (claim.HoldFor <= TimeSpan.Zero || claim.HoldFor > _longest)
        {
            throw InvalidInputException.For("time to hold a key", claim.HoldFor, "it is out of range", "above 0 up to an hour");
        }
    }

    /// <exception cref="InvalidInputException">It is missing or too large.</exception>
    public static void Answer(string? answer) => InputCheck.Text("answer", answer, QLimits.MaxKeptAnswerCharacters);
}
