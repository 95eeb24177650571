using System.CommandLine;
using System.Globalization;

namespace QLearning.Bench;

/// <summary>An option that takes a whole number within a range.</summary>
internal static class BoundedOption
{
    public static Option<int> Create(string name, string description, int standard, int smallest, int largest)
    {
        var option = new Option<int>(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description}, {smallest} to {largest}."),
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out var given) && given >= smallest && given <= largest))
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The value '{token.Value}' of {name} is not allowed. Allowed: {smallest} to {largest}."));
            }
        });
        return option;
    }
}
